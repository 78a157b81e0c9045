"""Files of an archive that a disk, or somebody, may have changed since they were written."""

import codecs
import contextlib
import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from unittest.mock import patch

from archive.core.agents import Agent, AgentKind
from archive.core.canonical import compact, readable
from archive.core.errors import (
    BagFormatError,
    ConfigurationError,
    ConflictError,
    EvidenceError,
    StorageError,
)
from archive.core.ledger.commitments import commit
from archive.formats.premis import IngestContext, PremisFile, PremisRecord, premis_xml, reader
from archive.formats.premis.reader import read_premis
from archive.services.catalog.catalog_comparison import open_catalog
from archive.services.catalog.verification import _altered
from archive.storage import intents, settings
from archive.storage.audits import results as audit_results
from archive.storage.audits.results import ChunkRow, pack
from archive.storage.bags.tag_file_changes import FOLDER, TagFileChanges
from archive.storage.descriptions.settings import NOTHING_SAID
from archive.storage.keys.last_signed import LastSigned
from archive.storage.ledger.notes import Notes
from archive.storage.lock import _parse_holder
from archive.storage.settings import Settings
from tests.fuzz.laws import reportable
from tests.fuzz.target import Target, mutating

_RUN = "01920000-0000-7000-8000-000000000001"
_TIME = "2026-11-21T02:40:59.123Z"
_SALT, _TEXT = bytes(range(32)), "What was said.\n"
_WORDS = (
    b"null", b"true", b"{}", b"[]", b"[1]", b"1", b"-1", b"1.5", b"1e999", b'""', b"NaN",
    b"\\ud800", b'"version"',
    b'"outcome"', b'"findings"', b'"chunks"', b'"changes"', b'"ledger"', b'"size"', b'"root"',
    b'"bag"', b'"run"',
)  # fmt: skip


@contextlib.contextmanager
def file_of(name: str, data: bytes) -> Iterator[Path]:
    """A folder with that one file in it; gives the file."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        yield path


def check_settings(data: bytes) -> None:
    """Settings, or why there are none; what a new file says of them reads back."""
    try:
        read = settings.parse(data, "archive.toml")
    except (ConfigurationError, ConflictError):
        return
    new = replace(read, promises={}, declared={}, copies=(), notify=None, description=NOTHING_SAID)
    with contextlib.suppress(UnicodeEncodeError):
        assert settings.parse(settings.render(read), "archive.toml") == new


def _settings() -> Sequence[bytes]:
    full = Settings(
        archive_id=_RUN,
        origin="o",
        key="k",
        created=_TIME,
        name='A "name"',
        institution="é",
        agent="jane",
        agent_salt="ab",
    )
    return [
        settings.render(full),
        settings.render(Settings(archive_id="a", origin="o", key="k", created="c")),
    ]


def check_results(data: bytes) -> None:
    """A chunk's rows or ValueError; a list or None; a plan or one of two errors."""
    with file_of(f"{_RUN}/000001.jsonl.gz", data) as path:
        try:
            for row in audit_results.read_chunk(path):
                assert isinstance(row["bag"], str)
                assert isinstance(row["files"], int)
        except (ValueError, OSError):
            pass
        path.rename(path.with_name("results-1.json"))
        audit_results.read_list(path.with_name("results-1.json"))
        path.with_name("results-1.json").rename(path.with_name("plan.json"))
        with contextlib.suppress(ConfigurationError, ConflictError):
            audit_results.read_plan(path.parent.parent, _RUN)


def check_result_rows(data: bytes) -> None:
    """The same where the compression is sound and the lines in it are not."""
    import gzip

    check_results(gzip.compress(data, 1, mtime=0))


def _rows() -> bytes:
    finding = {"code": "FIX-ALTERED", "severity": "error", "place": "data/a", "message": "x"}
    rows = [ChunkRow(_RUN, "intact", 1, 5, []), ChunkRow(_RUN, "damaged", 2, 7, [finding])]
    return pack(rows)


def _results() -> Sequence[bytes]:
    chunks = [{"file": "000001.jsonl.gz", "sha512": "ab", "time": _TIME}]
    return [_rows(), readable({"version": 1, "run": _RUN, "chunks": chunks}), readable({"version": 1})]


def _result_rows() -> Sequence[bytes]:
    import gzip

    return [gzip.decompress(_rows())]


def check_intent(data: bytes) -> None:
    """Every intent in staging, or the folder where there is none; their lists end where they are torn."""
    with file_of(f"staging/{_RUN}/{intents.INTENT}", data) as path:
        path.with_name("bags-000001.jsonl").write_bytes(data)
        try:
            found = list(intents.unfinished(path.parent.parent))
        except ConflictError:
            return
        for each in found:
            if isinstance(each, intents.Intent):
                list(each.bags())
        intent = intents.Intent(run=_RUN, command="", started="", size=0, root="", folder=path.parent)
        list(intent.bags())


def _intents() -> Sequence[bytes]:
    ledger = {"size": 3, "root": "ab" * 32}
    document = {"version": 1, "run": _RUN, "command": "ingest", "started": _TIME, "ledger": ledger}
    return [readable(document), compact({"bag": _RUN, "tagmanifest": "cd" * 64}) + b"\n"]


def check_note_file(data: bytes) -> None:
    """The very text that was committed to, or EvidenceError."""
    commitment = commit(_SALT, _TEXT.encode())
    note = file_of(f"notes/{commitment[:2]}/{commitment}.json", data)
    with note as path, contextlib.suppress(EvidenceError):
        assert Notes(str(path.parent.parent.parent)).read(commitment) == _TEXT


def _note_files() -> Sequence[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        notes = Notes(folder)
        return [Path(notes.path_of(notes.write(_TEXT, salt=_SALT, sync=False))).read_bytes()]


def check_signed_state(data: bytes) -> None:
    """A checkpoint, or ConfigurationError."""
    with file_of("last-signed.json", data) as path:
        for name in ("last-signed.json", *_state_names()):
            path.with_name(name).write_bytes(data)
        with contextlib.suppress(ConfigurationError):
            LastSigned(str(path.parent), "").read()


@cache
def _state_names() -> tuple[str, ...]:
    from archive.storage.keys import last_signed

    return (last_signed._LAST, last_signed._PENDING)


def check_journal(data: bytes) -> None:
    """A bag's unfinished update is carried out, or refused by ConflictError; nothing leaves the bag."""
    with file_of(f"{FOLDER}/journal.json", data) as path:
        bag = path.parent.parent
        for name in ("new", "old"):
            (path.parent / name).mkdir(exist_ok=True)
        (bag / "bag-info.txt").write_bytes(b"A: 1\n")
        with contextlib.suppress(ConflictError, StorageError):
            TagFileChanges(str(bag), {}).recover()


def _journals() -> Sequence[bytes]:
    changes = [{"name": "bag-info.txt", "before": "ab" * 64, "after": None}]
    head = {"kind": "bag-update-journal", "version": 1, "request": {"set": []}}
    return [readable({**head, "changes": changes})]


def check_catalog(data: bytes) -> None:
    """The first difference from what a catalog should be, or none."""
    from archive.core.catalog_manifest import Line

    lines = [Line("head", b'{"archive":"u","kind":"catalog",\n'), Line("runs", b'"runs":[\n],\n')]
    with file_of("catalog.json", data) as path, open_catalog(path) as catalog:
        assert catalog is not None
        difference = catalog.difference(lines)
        assert (difference is None) == (data == b"".join(line.data for line in lines))
        if difference is not None:
            reportable((_altered(difference),))


def _catalogs() -> Sequence[bytes]:
    counts = b'"counts":{"awaiting":0,"bags":1}}\n'
    return [b'{"archive":"u","kind":"catalog",\n"runs":[\n],\n', b'{"archive":"u",\n"runs":[],\n' + counts]


def check_lock(data: bytes) -> None:
    """Whoever holds the lock is named, or is not known."""
    str(_parse_holder(data)).encode()


def _locks() -> Sequence[bytes]:
    return [compact({"pid": 1, "command": "x", "since": _TIME, "host": "h"})]


def check_premis(data: bytes) -> None:
    """A summary, the same in pieces, or BagFormatError; its texts can be kept in a database."""
    try:
        summary = read_premis(data)
    except BagFormatError:
        return
    for file in summary.files:
        assert file.bytes is None or 0 <= file.bytes < 1 << 64
    for text in (summary.bag, summary.reference, summary.run, summary.accession):
        assert text is None or isinstance(text, str)
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):  # which lxml reads at once alone
        return
    with patch.object(reader, "_WHOLE", -1), patch.object(reader, "BytesIO", _Trickle):
        assert read_premis(data) == summary, "another summary where it comes in pieces"


class _Trickle(io.BytesIO):
    """Gives a few bytes whatever it is asked for, so that what is parsed may end anywhere."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(101 if size is None or size < 0 else min(size, 101))


def _premis() -> Sequence[bytes]:
    context = IngestContext(
        run=_RUN,
        agent=Agent(id="jane", name="Jane Smith", kind=AgentKind.PERSON),
        software=Agent(id="s", name="t", kind=AgentKind.SOFTWARE, version="1"),
        originator="Village archive",
        schema="urn:x",
        source="stick",
        accession="A 1",
    )
    files = (PremisFile("data/a.txt", "a\n%.txt", 3, "a" * 128, 1_714_564_800_123_456_789),)
    return [premis_xml(context, PremisRecord(_RUN, "2026-000001", "a.txt", _TIME, files))]


def _mutating(
    name: str,
    check: Callable[[bytes], object],
    examples: Callable[[], Sequence[bytes]],
    words: Sequence[bytes] = _WORDS,
) -> Target:
    return mutating(name, "stored", check, examples=examples, words=words)


_TOML = (
    b"[archive]",
    b"format = 1",
    b"= 2",
    b"true",
    b"[[audit]]",
    b"1979-05-27",
    b"'''",
    b'"""',
    b"inf",
    b"0x1",
    b"9" * 5000,
)
_PREMIS = (
    b"<!DOCTYPE a [", b"]>", b"&a;", b"xsi:type", b"<object", b"</object>", b"<event>", b"%", b"%00", b"@1",
    b"<size>", b"premis:file", b'xmlns=""', b"<![CDATA[", b"9999-12-31T23:59:60Z",
)  # fmt: skip

TARGETS: tuple[Target, ...] = (
    _mutating("settings", check_settings, _settings, _TOML),
    _mutating("results", check_results, _results),
    _mutating("result-rows", check_result_rows, _result_rows),
    _mutating("intent", check_intent, _intents),
    _mutating("note-file", check_note_file, _note_files),
    _mutating(
        "signed-state",
        check_signed_state,
        lambda: [compact({"origin": "o", "size": 7, "root": "A" * 43 + "="})],
    ),
    _mutating("journal", check_journal, _journals),
    _mutating("catalog", check_catalog, _catalogs),
    _mutating("lock", check_lock, _locks),
    _mutating("premis", check_premis, _premis, _PREMIS),
)
