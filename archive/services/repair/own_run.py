"""A repair of the archive's own files: the ledger first, then what it vouches for, then what is derived."""

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.core.canonical import readable
from archive.core.errors import ArchiveError, ConfigurationError, EvidenceError
from archive.core.findings import Finding, Severity
from archive.core.ids import RANDOM_BYTES, uuid7
from archive.core.ledger import entries
from archive.core.ledger.ledger_findings import LedgerOutcome
from archive.core.ledger.note import VerifierKey
from archive.core.ledger.repair_entries import repaired
from archive.core.limits.output import REFUSED_PLACES
from archive.core.outcomes import BagOutcome, FileOutcome
from archive.core.repair_record import VERSION
from archive.core.text import lossless
from archive.services.catalog.rebuilding import rebuild
from archive.services.changes.notes import note_text
from archive.services.evidence.kept import read_kept
from archive.services.evidence.verification import verify_ledger
from archive.services.opened import OpenedArchive, open_archive, person_agent, software_agent
from archive.services.repair.doubtful_states import DoubtfulState, doubtful_states, refuse_unread, told
from archive.services.repair.good_ledger import (
    OWN,
    GoodLedger,
    LedgerAt,
    SignedNote,
    choose_checkpoint,
    kept_names,
    signed_note,
)
from archive.services.repair.key_in_force import keys_at_hand
from archive.services.repair.left_over import left_over, wrong_in_catalog
from archive.services.repair.own_files import OwnFault, OwnPlaces, ledger_faults, ledgers_at, other_faults
from archive.services.repair.request import RepairRequest
from archive.services.surroundings import Surroundings
from archive.services.writing import Writing
from archive.storage import own_file_restoration
from archive.storage.intents import remove_tree
from archive.storage.keys.last_signed import LastSigned
from archive.storage.keys.signing_key import key_home
from archive.storage.ledger.folder import CHECKPOINT, is_size
from archive.storage.ledger.notes import Notes
from archive.storage.lock import WriterLock
from archive.storage.own_files_set_aside import files_set_aside, unrecorded_runs


@dataclass(slots=True)
class OwnRepair:
    """One run. `rows` are the files that are not as they have to be; `restored` counts those put back."""

    archive: OpenedArchive
    request: RepairRequest
    surroundings: Surroundings
    copies: Sequence[tuple[str, Path]]
    rows: list[dict[str, Any]] = field(default_factory=list)
    restored: int = 0
    lacking: int = 0
    unread: int = 0  # of those that are lacking: it may be well, or a copy have it, that could not be read
    refused: list[Finding] = field(default_factory=list)  # the first places of such copies
    run: str | None = None
    outcome: LedgerOutcome | None = None  # None before it was verified
    followed: VerifierKey | None = None  # the key in force, where archive.toml names one before it
    findings: tuple[Finding, ...] = ()
    unread_ledgers: tuple[Finding, ...] = ()  # they may be ahead of the archive's
    left: tuple[Finding, ...] = ()  # what no copy's bytes mend
    linked: tuple[Finding, ...] = ()
    unrecorded: tuple[str, ...] = ()  # earlier runs that were killed before the ledger heard of them

    def propose(self) -> None:
        """Says what would be put back, from where, and whether the ledger holds where nothing of it would be.

        EvidenceError where nothing at hand proves the ledger.
        """
        self.rows, self.lacking, self.unread, self.refused = [], 0, 0, []
        for fault in self._faults():
            self._note(fault)
        paths = [str(row["path"]) for row in self.rows]
        if not any(path.startswith("ledger/") for path in paths):
            self._verify()
        if f"ledger/{CHECKPOINT}" not in paths:
            with contextlib.suppress(ArchiveError):  # bundles are damaged: what they vouch for is not known
                self._look_for_the_rest(made_anew=len(self.rows) > self.lacking)

    def execute(self, wait: float) -> None:
        """Puts back what can be, file by file, and then verifies the ledger anew.

        It holds the writer's lock, but needs no key: nothing is signed.
        """
        now = self.surroundings.now()
        run = uuid7(now, self.surroundings.random(RANDOM_BYTES))
        self.rows, self.lacking, self.unread, self.refused, self.restored = [], 0, 0, [], 0
        with WriterLock(str(self.archive.root), command="repair", wait=wait):
            for fault in self._faults():
                self._note(fault)
                if fault.data is None:
                    continue
                mode = 0o644 if fault.path == "ledger/checkpoint" else 0o444
                own_file_restoration.restore(self.archive.root, run, fault.path, fault.data, mode=mode)
                self.restored += 1
            staged = self.archive.layout.staging / run
            if staged.exists():
                remove_tree(staged)
        self.archive = open_archive(self.archive.root)
        self._verify()
        if self.restored:
            self.run = run
        if self.holds:
            known = map(json.loads, self.archive.ledger.entries())
            repairs = [entry for entry in known if entry["type"] == entries.EntryType.REPAIRED]
            recorded = {entry["run"] for entry in repairs if "bag" not in entry}
            runs = unrecorded_runs(self.archive.root, recorded)
            self.unrecorded = tuple(each for each in runs if each != self.run)
            made_anew = self.run is not None or bool(self.unrecorded)  # what is derived, once it is recorded
            self._look_for_the_rest(made_anew=made_anew)

    @property
    def holds(self) -> bool:
        """True where the ledger was verified and nothing contradicts it."""
        return self.outcome is LedgerOutcome.PROVEN

    def _verify(self) -> None:
        key = self.request.key or (str(self.followed) if self.followed is not None else None)
        verdict = verify_ledger(self.archive, key=key, trust=self._trusted())
        self.outcome = verdict.outcome
        wrong = [one for one in verdict.findings if one.severity is Severity.ERROR] if self.holds else []
        self.linked = tuple(wrong)  # the ledger holds, and a folder of it is a link
        self.findings = tuple(one for one in verdict.findings if one not in wrong)

    def _look_for_the_rest(self, *, made_anew: bool) -> None:
        """What is wrong and is none of the rows, nor a list of results among them."""
        paths = [str(row["path"]) for row in self.rows]
        known = {place for path in paths for place in (path, os.path.dirname(path))}
        found = [*left_over(self.archive), *wrong_in_catalog(self.archive, made_anew=made_anew)]
        self.left = (*self.unread_ledgers, *self.linked, *(one for one in found if one.place not in known))

    def record(self, writing: Writing) -> None:
        """Says in the ledger what was put back, and makes what is derived anew.

        So it does for earlier runs that were killed in between: what they set aside is all that is known of
        them.
        """
        made = []
        for run in self.unrecorded:
            own_file_restoration.remove_empty_folders(self.archive.root, run)
            data = own_file_restoration.kept_record(self.archive.root, run)
            rows = _rows(data, run)
            if rows is None:
                data, paths = None, files_set_aside(self.archive.root, run)
                rows = [{"path": lossless(path), "outcome": FileOutcome.ALTERED.value} for path in paths]
            made.append(self._entry(run, rows, data))
        if self.run is not None:
            made.append(self._entry(self.run, self.rows))
        if not made:
            return
        writing.checkpoint = self.archive.ledger.append(made, writing.key.signer, writing.key.last_signed)
        writing.follow()
        rebuild(self.archive, writing.checkpoint)

    def _entry(self, run: str, rows: list[dict[str, Any]], data: bytes | None = None) -> bytes:
        """The entry of a run; its record is written beside what it set aside, unless it is there: `data`."""
        if data is None:
            data = readable({"version": VERSION, "run": run, "files": rows})
            own_file_restoration.keep_record(self.archive.root, run, data)
        restored = [row for row in rows if row.get("place", "") is not None]
        person = person_agent(self.archive.settings, self.request.agent)
        note = note_text(person, reason=self.request.reason)
        return repaired(
            time=entries.timestamp(self.surroundings.now()),
            agents=(person.id, software_agent().id),
            bag=None,
            run=run,
            outcome=(BagOutcome.INTACT if self.holds and not self.lacking else BagOutcome.DAMAGED).value,
            restored=len(restored),
            moved=sum(row["outcome"] != FileOutcome.MISSING for row in restored),
            record=_sha512(data),
            notes=(Notes(str(self.archive.root)).write(note),),
        )

    def _note(self, fault: OwnFault) -> None:
        self.rows.append(fault.to_json())
        self.lacking += fault.data is None
        if fault.data is None and fault.refused is not None:
            self.unread += 1
            if len(self.refused) < REFUSED_PLACES:
                self.refused.append(fault.refused)
        else:
            self.unread += fault.data is None and fault.outcome is FileOutcome.UNREADABLE

    def _faults(self) -> Iterator[OwnFault]:
        try:
            key = VerifierKey.parse(self.request.key or self.archive.signing_key())
        except ValueError as trouble:
            raise ConfigurationError(f"the key of the archive is none: {trouble}") from trouble
        places = OwnPlaces(root=self.archive.root, copies=self.copies)
        ledgers = ledgers_at(places)
        current, named = keys_at_hand(ledgers, key)
        self.followed = current if current != key else None
        key = current
        signed, unread = _chosen(ledgers, key)
        self.left = self.unread_ledgers = told(unread)
        if self.request.key is None:
            _refuse_other_key(signed_note(ledgers[0], CHECKPOINT, *named), signed)
        kept = [one.checkpoint for path in self._trusted() for one in read_kept(path)]
        try:
            self._refuse_older(signed.checkpoint.size, key, max((one.size for one in kept), default=0))
        except EvidenceError:
            refuse_unread(unread)  # what was signed later may be there
            raise
        own = signed_note(ledgers[0], CHECKPOINT, key)
        sizes = {one.size for one in kept} | _sizes(ledgers)
        good = GoodLedger(ledgers, signed, sizes | ({own.checkpoint.size} if own is not None else set()))
        if own is not None:
            _refuse_parted(own, good)
        for one in kept:
            if one.size and not good.agrees_with(one):
                raise EvidenceError(
                    f"the ledger at hand is not the one of the checkpoint of {one.size:,} entries"
                    " that you brought; nothing was put back",
                    remedy="find a copy that extends it",
                )
        yield from ledger_faults(places, good, key)
        progress = self.surroundings.progress
        progress.begin("Comparing what the entries vouch for", signed.checkpoint.size, "entries")
        try:
            yield from other_faults(places, good, progress.advance)
        finally:
            progress.end()

    def _trusted(self) -> list[Path]:
        return [Path(path) for path in self.request.trust]

    def _refuse_older(self, size: int, key: VerifierKey, brought: int) -> None:
        """A ledger that was signed later must not be lost by putting an earlier one in its place."""
        last = None
        with contextlib.suppress(ArchiveError):  # what is beside the key is damaged: `ledger verify` says so
            last = LastSigned(f"{key_home()}/{key.key_id.hex()}", str(key)).read()[0]
        newest = max(brought, last.size if last is not None and last.origin == key.name else 0)
        if newest > size:
            raise EvidenceError(
                f"the newest ledger at hand has {size:,} entries, and {newest:,} were signed;"
                " nothing was put back",
                remedy="bring a newer copy: archive repair --ledger --from COPY; where none is left, archive"
                " restore COPY --to DIR makes the archive of an older state in a new folder",
            )


def _chosen(ledgers: Sequence[LedgerAt], key: VerifierKey) -> tuple[SignedNote, list[DoubtfulState]]:
    """The checkpoint to go by, and the ledgers that may be ahead of it and could not be read.

    Raises StorageError where the archive's own may be among them, or what there is of it is no checkpoint:
    then nothing says that the one at hand is not an older state.
    """
    try:
        signed = choose_checkpoint(ledgers, key)
    except EvidenceError:
        refuse_unread([one for one in doubtful_states(ledgers, 0) if one.unread is not None])
        raise
    unread = [one for one in doubtful_states(ledgers, signed.checkpoint.size) if one.unread is not None]
    if signed.place != OWN and signed_note(ledgers[0], CHECKPOINT, key) is None:
        refuse_unread(unread)
    refuse_unread([one for one in unread if one.place == OWN])
    return signed, unread


def _refuse_other_key(own: SignedNote | None, chosen: SignedNote) -> None:
    """What a key signed that the one in archive.toml does not lead to is not put back to an earlier state."""
    if own is not None and own.checkpoint.size > chosen.checkpoint.size:
        raise EvidenceError(
            f"archive.toml names another key than the one that signed the {own.checkpoint.size:,} entries"
            f" here, and what its key signed has {chosen.checkpoint.size:,}; nothing was put back",
            remedy="put archive.toml back from a copy; if its key is the right one all the same: --key VKEY",
        )


def _refuse_parted(own: SignedNote, good: GoodLedger) -> None:
    """A copy that is ahead is gone by only where it begins with what the archive itself signed."""
    if good.agrees_with(own.checkpoint):
        return
    ours, theirs = own.checkpoint, good.signed.checkpoint
    raise EvidenceError(
        f"the ledger on {good.signed.place} has {theirs.size:,} entries and does not begin with the"
        f" {ours.size:,} of the archive: there are two histories; nothing was put back",
        remedy="compare the two before either is written to: archive ledger verify, in each",
    )


def _rows(record: bytes | None, run: str) -> list[dict[str, Any]] | None:
    """What the record of a run says of each file; None where it is not the record of that run."""
    try:
        document = json.loads(record or b"")
        rows: list[dict[str, Any]] = document["files"]
        is_record = document["version"] == VERSION and document["run"] == run and readable(document) == record
        return rows if is_record and all({"path", "outcome"} <= row.keys() for row in rows) else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _sizes(ledgers: Sequence[LedgerAt]) -> set[int]:
    names = (name.rpartition("/")[2] for ledger in ledgers for name in kept_names(ledger))
    return {int(name) for name in names if is_size(name)}


def _sha512(data: bytes) -> str:
    return hashlib.sha512(data).hexdigest()
