"""Intents: what a writing command is about to change, written before it changes it and removed last.

`staging/<run>/intent.json` names the command and the ledger it began from; `staging/<run>/bags-<n>.jsonl`
names the bags of one commit with the digests of their tag manifests, and is durable before the first is
published. An ingest's bags are new; those of every other command are held, and its intent has version 2, so
that no older program takes them for its own to remove.
"""

import contextlib
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha512
from pathlib import Path
from typing import Final, NamedTuple

from archive.core.canonical import compact, readable
from archive.core.errors import ArchiveError, ConflictError, StorageError
from archive.core.ids import is_uuid7
from archive.core.limits.archives import INTENDED_LINE_BYTES, INTENT_BYTES
from archive.storage.disk.descriptors import FILE, is_regular
from archive.storage.disk.durable import (
    NotAPlainFileError,
    read_plain,
    replace_file,
    storage_error,
    sync_folder,
)
from archive.storage.disk.kinds import folder_at, link_at
from archive.storage.disk.streamed_file import require_digest

INTENT = "intent.json"
RUN_MANIFEST = "run.json"  # an ingest's, until it is renamed into runs/
INGEST = "ingest"
DESCRIBE = "describe"
WITHDRAW = "withdraw"
DISPOSE = "dispose"
REPAIR = "repair"
VERSION = 1
VERSION_OF_CHANGES = 2


class IntendedBag(NamedTuple):
    """A bag that is about to be published or changed, with the sha512 of its tag manifest as it will be.

    Where a held bag gets a new description, `previous` is the digest before it, and `revision` its number.
    """

    bag: str
    tag_manifest: str
    previous: str | None = None
    revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One unfinished command: `size` and `root` (hex) of the ledger that it began from."""

    run: str
    command: str
    started: str
    size: int
    root: str
    folder: Path

    def bags(self) -> Iterator[IntendedBag]:
        """Every bag that it was about to publish; a list that a crash tore ends at its last whole line."""
        for name in sorted(os.listdir(self.folder)):
            if name.startswith("bags-") and name.endswith(".jsonl"):
                yield from _read_bags(self.folder / name)


def begin(staging: Path, *, run: str, command: str, started: str, size: int, root: str) -> Intent:
    """Makes `staging/<run>/` and, as its first file, the intent; durable on return."""
    folder = staging / run
    os.mkdir(folder, 0o755)
    document = {
        "version": VERSION if command == INGEST else VERSION_OF_CHANGES,
        "run": run,
        "command": command,
        "started": started,
        "ledger": {"size": size, "root": root},
    }
    replace_file(str(folder / INTENT), readable(document))
    sync_folder(str(staging))
    return Intent(run=run, command=command, started=started, size=size, root=root, folder=folder)


def announce(intent: Intent, number: int, bags: Iterable[IntendedBag]) -> str:
    """Writes the bags of one commit and reads the list back: without it a crash would leave unknown bags.

    The caller's sync makes it durable before it publishes. Raises StorageError where it cannot be written.
    """
    path = str(intent.folder / _list_name(number))
    written = sha512()
    try:
        with open(path, "xb") as stream:
            for bag in bags:
                members: dict[str, str | int | None] = {"bag": bag.bag, "tagmanifest": bag.tag_manifest}
                if bag.previous is not None:
                    members |= {"previous": bag.previous, "revision": bag.revision}
                line = compact(members) + b"\n"
                written.update(line)
                stream.write(line)
    except OSError as trouble:
        raise storage_error(trouble, path, "write the list of bags") from trouble
    require_digest(path, written.hexdigest())
    return path


def is_announced(intent: Intent) -> bool:
    """True where the command had announced its first commit, of whatever bags."""
    return (intent.folder / _list_name(1)).exists()


def _list_name(number: int) -> str:
    return f"bags-{number:06d}.jsonl"


def end(intent: Intent) -> None:
    """Removes the intent and everything staged with it: the command is finished."""
    remove_tree(intent.folder)


def discard(intent: Intent, seconds: float) -> None:
    """Removes what was staged while nothing is published yet, as far as it takes no longer than `seconds`.

    What is left then, the intent with it, is swept by the next writer.
    """
    deadline = time.monotonic() + seconds
    for name in sorted(os.listdir(intent.folder)):
        if time.monotonic() >= deadline:
            return
        batch = intent.folder / name
        if batch.is_dir() and not batch.is_symlink():
            remove_tree(batch)
    end(intent)


def unfinished(staging: Path) -> Iterator[Intent | Path]:
    """Every intent in staging; a folder without one comes as its path."""
    try:
        names = sorted(os.listdir(staging))
    except FileNotFoundError:
        return
    for name in names:
        folder = staging / name
        if folder.is_dir() and not folder.is_symlink():
            yield _read(folder) or folder


class AtWork(NamedTuple):
    """The bags and the runs of unfinished commands; `unread` says why there may be more of them."""

    bags: frozenset[str]
    runs: frozenset[str]
    unread: str | None


NOBODY: Final = AtWork(frozenset(), frozenset(), None)


def leaving(staging: Path) -> AtWork:
    """What unfinished commands are withdrawing or disposing of."""
    return _at_work(staging, (WITHDRAW, DISPOSE))


def under_repair(staging: Path) -> AtWork:
    """What unfinished commands are repairing."""
    return _at_work(staging, (REPAIR,))


def _at_work(staging: Path, commands: tuple[str, ...]) -> AtWork:
    bags: set[str] = set()
    runs: set[str] = set()
    unread = None
    try:
        for left in unfinished(staging):
            if isinstance(left, Intent) and left.command in commands:
                runs.add(left.run)
                bags.update(intended.bag for intended in left.bags())
    except FileNotFoundError:  # it ended while it was read
        pass
    except OSError as trouble:
        unread = trouble.strerror or str(trouble)
    except ArchiveError as trouble:  # of a newer program, too
        unread = trouble.message
    return AtWork(frozenset(bags), frozenset(runs), unread)


def _read(folder: Path) -> Intent | None:
    try:
        data = read_plain(str(folder / INTENT), INTENT_BYTES)
        if data is None:
            return None
        document = json.loads(data)
        version = document["version"]
        if version not in (VERSION, VERSION_OF_CHANGES):
            raise ConflictError(
                f"staging/{folder.name}: an intent of version {version} is left by a newer program",
                remedy="install a newer version of archive",
            )
        run, ledger = document["run"], document["ledger"]
        if run != folder.name or not is_uuid7(run):
            return None
        return Intent(
            run=run,
            command=str(document["command"]),
            started=str(document["started"]),
            size=_size(ledger["size"]),
            root=_hexadecimal(ledger["root"]),
            folder=folder,
        )
    except (NotAPlainFileError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def _size(number: object) -> int:
    if type(number) is not int or number < 0:
        raise ValueError("not the size of a ledger")
    return number


def _hexadecimal(text: str) -> str:
    bytes.fromhex(text)
    return text


def _read_bags(path: Path) -> Iterator[IntendedBag]:
    descriptor = os.open(path, FILE)
    if not is_regular(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return
    with open(descriptor, "rb") as stream:
        while line := stream.readline(INTENDED_LINE_BYTES):
            try:
                document = json.loads(line)
                bag, tag_manifest = document["bag"], document["tagmanifest"]
                previous, revision = document.get("previous"), document.get("revision")
            except (ValueError, KeyError, TypeError, RecursionError):
                return
            if not line.endswith(b"\n") or not isinstance(bag, str) or not is_uuid7(bag):
                return
            yield IntendedBag(
                bag,
                str(tag_manifest),
                previous if isinstance(previous, str) else None,
                revision if type(revision) is int else None,
            )


def make_anew(folder: str) -> None:
    """Makes a folder that nobody but its maker writes in; what one that was killed left there is removed."""
    try:
        os.mkdir(folder, 0o755)
    except FileExistsError:
        remove_tree(Path(folder))
        os.mkdir(folder, 0o755)


def make_for_what_goes(folder: Path) -> None:
    """Makes a folder below a staged one, unless it is there, for what is removed with it.

    A link in its place goes: what is moved there would lie elsewhere from then on. StorageError.
    """
    try:
        if folder.is_symlink():
            folder.unlink()
        folder.mkdir(exist_ok=True)
    except OSError as trouble:
        raise storage_error(trouble, str(folder), "make the folder") from trouble


def remove_tree(folder: Path) -> None:
    """Removes a folder of ours whatever modes its folders have; no link is followed.

    Where a link stands in its place, that goes. No mode changes but those of the folder and of folders below
    it: what is above is not ours, and a file may have another name. StorageError where something of it stays.
    """
    try:
        _remove_tree(folder)
    except OSError as trouble:
        raise storage_error(trouble, str(folder), "remove the folder") from trouble


def _remove_tree(folder: Path) -> None:
    if folder.is_symlink():
        folder.unlink()
        return

    refused: OSError | None = None

    def loosen(function: object, path: str, error: tuple[object, BaseException, object]) -> None:  # noqa: ARG001
        nonlocal refused
        with contextlib.suppress(OSError):
            if Path(path) != folder:
                os.chmod(os.path.dirname(path), 0o700)
            if folder_at(path):
                os.chmod(path, 0o700)
        try:
            if folder_at(path):
                shutil.rmtree(path, ignore_errors=True)
            else:
                os.unlink(path)
        except OSError as trouble:
            refused = trouble
        else:
            refused = error[1] if isinstance(error[1], OSError) and folder_at(path) else refused

    with contextlib.suppress(RecursionError):  # folders in folders, more than any of ours
        _make_writable(folder)
        shutil.rmtree(folder, onerror=loosen)
    if folder.exists():
        why = f": {refused.strerror}" if refused is not None else ""
        raise StorageError(
            f"{folder}: cannot be removed{why}", remedy="remove it by hand; it holds nothing that is held"
        )


def _make_writable(folder: Path) -> None:
    if os.geteuid() == 0:
        return
    for root, folders, _ in os.walk(folder):
        for name in folders:
            path = os.path.join(root, name)
            if not link_at(path):
                os.chmod(path, 0o700)
