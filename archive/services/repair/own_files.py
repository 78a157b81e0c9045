"""What of the archive's own files is not as its ledger says, and where good ones lie."""

import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from archive.core.errors import ArchiveError, StorageError
from archive.core.findings import Finding
from archive.core.ids import is_uuid7
from archive.core.ledger.commitments import is_commitment
from archive.core.ledger.entries import Entry, EntryType, parse_entry
from archive.core.limits.archives import RESULTS_LINE_BYTES, RESULTS_LIST_BYTES, RUN_MANIFEST_BYTES
from archive.core.limits.ledger import NOTE_FILE_BYTES
from archive.core.outcomes import FileOutcome
from archive.core.text import lossless
from archive.services.repair.good_ledger import OWN, GoodLedger, LedgerAt
from archive.services.repair.refused_places import refused_place
from archive.storage.audits.begun_runs import BegunRun, begun_run, plan_trouble
from archive.storage.audits.results import PLAN, is_chunk, list_number
from archive.storage.disk.durable import NotAPlainFileError, read_plain
from archive.storage.disk.kinds import something_at
from archive.storage.disk.streamed_file import sha512_of_plain
from archive.storage.layout import repair_record_path
from archive.storage.ledger.folder import LedgerFolder
from archive.storage.ledger.notes import Notes, note_path


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFault:
    """A file of the archive that is not as it has to be; `data` is None where nobody at hand has it.

    `refused` then names the first copy that may have it and could not be read, if there is one. `sha512` is
    None where no file has to be there: what stands there is set aside, and nothing takes its place.
    """

    path: str
    outcome: FileOutcome
    sha512: str | None
    before: str | None
    place: str | None
    data: bytes | None
    refused: Finding | None = None

    @property
    def is_mendable(self) -> bool:
        """True where good bytes are at hand, or none are needed."""
        return self.data is not None or self.sha512 is None

    def to_json(self, *, is_blocked: bool = False) -> dict[str, Any]:
        """The member of `own_files` in a repair report; without a place where nothing can be put there."""
        return {
            "path": lossless(self.path),
            "outcome": self.outcome.value,
            "expected": self.sha512,
            "found": self.before,
            "place": None if is_blocked else lossless(self.place),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPlaces:
    """The archive's root and the roots of the copies at hand, each with its name."""

    root: Path
    copies: Sequence[tuple[str, Path]]


def ledgers_at(places: OwnPlaces) -> list[LedgerAt]:
    """The archive's own ledger first, then those of the copies."""
    return [
        LedgerAt(OWN, LedgerFolder(str(places.root))),
        *(LedgerAt(name, LedgerFolder(str(root))) for name, root in places.copies),
    ]


def other_faults(
    places: OwnPlaces, good: GoodLedger, looked: Callable[[int], object] = lambda _: None
) -> Iterator[OwnFault]:
    """Run manifests, results of audits, records of repairs and notes that are not those of the entries.

    A note that is missing is none: it may have been removed, and the ledger holds without it. `looked` is
    told of every entry with 1.
    """
    lists: dict[str, list[str]] = {}
    begun: dict[str, BegunRun] = {}
    records: dict[str, list[tuple[str, str]]] = {}
    for index, raw in enumerate(good.entries()):
        looked(1)
        try:
            entry = parse_entry(raw)
        except ArchiveError:
            continue
        run = entry.run
        if entry.type == EntryType.RUN_CLOSED and run is not None and is_uuid7(run):
            yield from digested(places, f"runs/{run}.json", str(entry.get("manifest")))
        elif entry.get("results") is not None and run is not None and is_uuid7(run):
            lists.setdefault(run, []).append(str(entry.get("results")))
            if (beginning := begun.pop(run, None)) is not None:
                yield from _plan_faults(places, beginning)
        elif (beginning := begun_run(index, entry)) is not None and is_uuid7(beginning.run):
            begun[beginning.run] = beginning
        else:
            _take_repair(entry, records)
        yield from _note_faults(places, entry)
    for run, digests in lists.items():
        yield from _results(places, run, digests)
    for path, digest in (one for several in records.values() for one in several):
        yield from digested(places, path, digest)


def _take_repair(entry: Entry, records: dict[str, list[tuple[str, str]]]) -> None:
    """Path and digest of the record of a repair, by bag; with a disposed bag its records were destroyed."""
    run, bag = entry.run, entry.bag or ""
    if entry.type == EntryType.DISPOSAL:
        records.pop(bag, None)
    elif (
        entry.type == EntryType.REPAIRED and run is not None and is_uuid7(run) and (not bag or is_uuid7(bag))
    ):
        records.setdefault(bag, []).append((repair_record_path(bag, run), str(entry.get("record"))))


def _plan_faults(places: OwnPlaces, begun: BegunRun) -> Iterator[OwnFault]:
    """The plan of a run, where a copy has it right; its digest stands nowhere, so that else none is told."""
    path = f"audits/{begun.run}/{PLAN}"
    if _plan_at(places.root, begun) is not None:
        return
    for name, root in places.copies:
        data = _plan_at(root, begun)
        if data is not None and (fault := compared(places.root, path, data, name)) is not None:
            yield fault
            return


def _plan_at(root: Path, begun: BegunRun) -> bytes | None:
    try:
        is_right = plan_trouble(root / "audits", begun) is None
    except StorageError:
        return None
    return _read(root, f"audits/{begun.run}/{PLAN}", RESULTS_LINE_BYTES) if is_right else None


def _results(places: OwnPlaces, run: str, digests: Sequence[str]) -> Iterator[OwnFault]:
    """The lists of results with these digests, whatever their names, and the chunks that they name.

    What is on record is never taken for damage to something else. A list that nobody has is told under its
    number: what it named is then unknown.
    """
    folder = f"audits/{run}"
    here = _lists_at(places.root, folder)
    taken = {name for digest, name in here.items() if digest in digests}
    there = [(place, root, _lists_at(root, folder)) for place, root in places.copies]
    chunks: dict[str, list[str]] = {}
    for number, digest in enumerate(digests, 1):
        data = _read(places.root, f"{folder}/{here[digest]}", RESULTS_LIST_BYTES) if digest in here else None
        if data is None:
            name = _free_name(number, taken)
            taken.add(name)
            for place, root, found in ((*one[:2], one[2].get(digest)) for one in there):
                data = _read(root, f"{folder}/{found}", RESULTS_LIST_BYTES) if found else None
                if data is not None and hashlib.sha512(data).hexdigest() == digest:
                    fault = compared(places.root, f"{folder}/{name}", data, place)
                    yield from (fault,) if fault is not None else ()
                    break
            else:
                data = _read(places.root, f"{folder}/{name}", RESULTS_LIST_BYTES)
                for fault in digested(places, f"{folder}/{name}", digest):
                    data = fault.data
                    yield fault
        for file, sha512 in _named_chunks(data):
            chunks.setdefault(file, []).append(sha512)
    for file, expected in chunks.items():
        path = f"{folder}/{file}"
        several = len(set(expected)) > 1  # the audit began anew where its first list was lost
        now = _digest(places.root / path) if several else None
        yield from digested(places, path, now if now in expected else expected[0])


def _lists_at(root: Path, folder: str) -> dict[str, str]:
    """The name of every list of results of a run by its sha512; of several the one of the lowest number."""
    lists: dict[str, str] = {}
    for name in sorted(filter(list_number, _names(root / folder)), key=list_number):
        data = _read(root, f"{folder}/{name}", RESULTS_LIST_BYTES)
        if data is not None:
            lists.setdefault(hashlib.sha512(data).hexdigest(), name)
    return lists


def _free_name(number: int, taken: Collection[str]) -> str:
    """That of a list of that number, else of the first after it, that no list of the record has."""
    return next(name for n in count(number) if (name := f"results-{n}.json") not in taken)


def _named_chunks(data: bytes | None) -> dict[tuple[str, str], None]:
    """(name, sha512) of the chunks that a list names, each once; nothing where it is no list."""
    try:
        named = [(str(one["file"]), str(one["sha512"])) for one in json.loads(data or b"")["chunks"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return dict.fromkeys(one for one in named if is_chunk(one[0]))


def _note_faults(places: OwnPlaces, entry: Entry) -> Iterator[OwnFault]:
    several = entry.get("notes")
    for named in (entry.get("note"), *(several if isinstance(several, list) else ())):
        if not isinstance(named, str) or not is_commitment(named):
            continue
        path = note_path(named)
        if _opens(places.root, named) or not _is_given(places.root / path):
            continue
        for name, root in places.copies:
            data = _read(root, path, NOTE_FILE_BYTES) if _opens(root, named) else None
            if data is not None and (fault := compared(places.root, path, data, name)) is not None:
                yield fault
                break


def _is_given(path: Path) -> bool:
    """True where something has the name; what storage does not say may be well, and is told by the notes."""
    try:
        return something_at(path)
    except OSError:
        return False


def _opens(root: Path, commitment: str) -> bool:
    try:
        return Notes(str(root)).read(commitment) is not None
    except ArchiveError:
        return False


def digested(places: OwnPlaces, path: str, digest: str) -> Iterator[OwnFault]:
    """The file where it has not that sha512, with good bytes from the first copy that has them."""
    found = _digest(places.root / path)
    if found == digest:
        return
    outcome = _wrong(places.root / path)
    refused: Finding | None = None
    for name, root in places.copies:
        try:
            # Only what has the digest is held in memory: anything may lie there, and be of any size.
            right = sha512_of_plain(str(root / path), RUN_MANIFEST_BYTES) == digest
        except StorageError as trouble:
            refused = refused or refused_place(os.path.join(name, path), _reason(trouble), path)
            continue
        data = _read(root, path, RUN_MANIFEST_BYTES) if right else None
        if data is not None and hashlib.sha512(data).hexdigest() == digest:
            yield OwnFault(path=path, outcome=outcome, sha512=digest, before=found, place=name, data=data)
            return
    yield OwnFault(
        path=path, outcome=outcome, sha512=digest, before=found, place=None, data=None, refused=refused
    )


def _reason(trouble: StorageError) -> str:
    """What storage said, without the path."""
    cause = trouble.__cause__
    return (cause.strerror if isinstance(cause, OSError) else None) or trouble.message


def compared(root: Path, path: str, data: bytes, place: str) -> OwnFault | None:
    """The file where it has not these bytes, which came from that place; None where it has."""
    found = _read(root, path, max(len(data), 1 << 20))
    if found == data:
        return None
    return OwnFault(
        path=path,
        outcome=_wrong(root / path),
        sha512=hashlib.sha512(data).hexdigest(),
        before=None if found is None else hashlib.sha512(found).hexdigest(),
        place=place,
        data=data,
    )


def _wrong(path: Path) -> FileOutcome:
    """What is wrong with a file that does not give the bytes it should have."""
    try:
        if not something_at(path):
            return FileOutcome.MISSING
        sha512_of_plain(str(path), RUN_MANIFEST_BYTES)
    except (ArchiveError, OSError):
        return FileOutcome.UNREADABLE
    return FileOutcome.ALTERED


def set_aside_alone(root: Path, path: str) -> OwnFault:
    """That what stands there is to be set aside, and that nothing takes its place."""
    return OwnFault(
        path=path, outcome=_wrong(root / path), sha512=None, before=_digest(root / path), place=OWN, data=None
    )


def _digest(path: Path) -> str | None:
    try:
        return sha512_of_plain(str(path), RUN_MANIFEST_BYTES)
    except ArchiveError:
        return None


def _read(root: Path, path: str, limit: int) -> bytes | None:
    try:
        return read_plain(str(root / path), limit)
    except (ArchiveError, NotAPlainFileError):
        return None


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
