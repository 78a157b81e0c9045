"""A checkpoint stamped by a time-stamping authority: over the network when asked, or by files and mail."""

import contextlib
import hashlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from archive.core.errors import ConfigurationError, EvidenceError, StorageError
from archive.core.ledger.note import Note, NoteError, parse
from archive.core.limits.ledger import TOKEN_BYTES
from archive.core.limits.waits import LOCK_WAIT, TIME_STAMPING
from archive.core.text import printable
from archive.formats.timestamps import (
    ROOT_REMEDY,
    TokenError,
    TokenOutcome,
    check_answer,
    judge_token,
    load_roots,
    make_request,
    requested_digest,
)
from archive.services.evidence.checkpoints import current_checkpoint, keep_outside
from archive.services.opened import OpenedArchive
from archive.storage.disk.durable import NotAPlainFileError, read_plain
from archive.storage.ledger.folder import CHECKPOINTS, LedgerFolder
from archive.storage.ledger.timestamps import put_timestamp
from archive.storage.lock import WriterLock

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

REQUEST_TYPE: Final = "application/timestamp-query"
_REQUEST: Final = "name the file that archive ledger timestamp --request-out wrote"
_ANSWER: Final = "name the file with the authority's answer to that request"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """A time-stamp that is kept: how many entries it covers, when, by whom if that was judged, and where."""

    size: int
    time: str
    by: str | None
    place: str


def write_request(archive: OpenedArchive, target: Path) -> int:
    """Writes a request for a stamp over the present checkpoint to a new file; returns the entries it covers.

    Raises ConflictError where the name is taken, ConfigurationError inside the archive and without the extra.
    """
    signed = current_checkpoint(archive)
    keep_outside(archive, make_request(signed.note), target)
    return signed.checkpoint.size


def stamp(archive: OpenedArchive, url: str, roots: Sequence[Path]) -> Stamped:
    """Has the present checkpoint stamped by the authority at the URL, and keeps what it answered.

    The only command that goes out into a network, and only to that URL. Raises StorageError where no answer
    came, EvidenceError where it is no stamp of this checkpoint.
    """
    known = load_root_files(roots)
    signed = current_checkpoint(archive)
    request = make_request(signed.note)
    return _keep(archive, signed.checkpoint.size, signed.note, request, _ask(url, request), known)


def accept(archive: OpenedArchive, request: Path, response: Path, roots: Sequence[Path]) -> Stamped:
    """Keeps an answer that came by another way, with the request that it answers.

    Raises ConfigurationError where a file is none, EvidenceError where they are no stamp of a checkpoint of
    this archive, or none of the roots vouches for it.
    """
    known = load_root_files(roots)
    asked, answered = _file(request, _REQUEST), _file(response, _ANSWER)
    try:
        name, digest = requested_digest(asked)
    except TokenError as trouble:
        raise ConfigurationError(
            f"{request}: not a request for a time-stamp: {trouble}",
            remedy=_REQUEST,
        ) from trouble
    for size, note in _checkpoints(archive):
        if hashlib.new(name, note).digest() == digest:
            return _keep(archive, size, note, asked, answered, known)
    raise EvidenceError(
        f"{request}: asks for a stamp over no checkpoint of this archive",
        remedy="make the request here: archive ledger timestamp --request-out FILE",
    )


def _checkpoints(archive: OpenedArchive) -> Iterator[tuple[int, bytes]]:
    """Size and note of every checkpoint that is kept, the newest first.

    Each as it is, then with fewer of its signatures: a stamp may have been asked for before others signed.
    """
    folder = LedgerFolder(str(archive.root))
    for size in reversed(folder.checkpoint_sizes()):
        try:
            raw = folder.read_note(f"{CHECKPOINTS}/{size}")
        except NotAPlainFileError:
            continue
        if raw is None:
            continue
        yield size, raw
        with contextlib.suppress(NoteError):  # `archive ledger verify` names one that is none
            note = parse(raw)
            for count in reversed(range(1, len(note.signatures))):
                yield size, Note(note.text, note.signatures[:count]).to_bytes()


def _keep(
    archive: OpenedArchive,
    size: int,
    note: bytes,
    request: bytes,
    response: bytes,
    roots: Sequence["Certificate"],
) -> Stamped:
    try:
        time = check_answer(request, response, note)
    except TokenError as trouble:
        raise EvidenceError(
            f"the answer is no time-stamp of the checkpoint of {size} entries: {trouble}",
            remedy="ask again; nothing was kept",
        ) from trouble
    by = None
    if roots:
        verdict = judge_token(request, response, note, roots)
        by = verdict.by
        if verdict.outcome is not TokenOutcome.VALID:
            raise EvidenceError(
                f"the time-stamp does not hold by the root that you named: {verdict.reason}",
                remedy="see that it is the root of this authority; nothing was kept",
            )
    with WriterLock(str(archive.root), command="ledger timestamp", wait=LOCK_WAIT):
        place = put_timestamp(archive.root, size, note, request, response)
    return Stamped(size=size, time=time, by=by, place=place)


def load_root_files(paths: Sequence[Path]) -> list["Certificate"]:
    """The root certificates in these PEM files; ConfigurationError for one that holds none."""
    found = []
    for path in paths:
        found += load_roots(_file(path, ROOT_REMEDY), str(path))
    return found


def _file(path: Path, remedy: str) -> bytes:
    try:
        raw = read_plain(str(path), TOKEN_BYTES)
    except NotAPlainFileError as trouble:
        raise ConfigurationError(str(trouble), remedy=remedy) from trouble
    if raw is None:
        raise ConfigurationError(f"{printable(str(path))}: no such file", remedy=remedy)
    return raw


def _ask(url: str, request: bytes) -> bytes:
    """The authority's answer (RFC 3161 §3.4), bounded in size and time.

    The time is that of the whole answer, for one that comes byte by byte is never late: a thread that is
    still reading then is left to itself.
    """
    if not url.lower().startswith(("http://", "https://")):
        raise ConfigurationError(
            f"--tsa {printable(url)}: an address begins with https:// or http://",
            remedy="give the address of the authority in full",
        )
    told: list[bytes | str] = [f"no answer within {TIME_STAMPING:g} seconds"]

    def work() -> None:
        try:
            told[0] = _answer(url, request)
        except Exception as trouble:  # noqa: BLE001 - a server may answer anything
            told[0] = f"no answer: {printable(str(trouble))[:200]}"

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(TIME_STAMPING)
    answer = told[0]
    if isinstance(answer, str):
        raise StorageError(
            f"{printable(url)}: {answer}",
            remedy="ask again later, or by files: archive ledger timestamp --request-out FILE",
        )
    return answer


def _answer(url: str, request: bytes) -> bytes:
    """The same, however long it takes; raises whatever the network and the server make of it."""
    from urllib.request import (
        HTTPDefaultErrorHandler,
        HTTPErrorProcessor,
        HTTPHandler,
        HTTPSHandler,
        OpenerDirector,
        Request,
    )

    opener = OpenerDirector()  # no proxies, no redirects, no other schemes: to this address and nowhere else
    for handler in (HTTPHandler(), HTTPSHandler(), HTTPErrorProcessor(), HTTPDefaultErrorHandler()):
        opener.add_handler(handler)
    asked = Request(url, data=request, headers={"Content-Type": REQUEST_TYPE}, method="POST")  # noqa: S310
    with opener.open(asked, timeout=TIME_STAMPING) as answer:
        return bytes(answer.read(TOKEN_BYTES + 1))
