"""A repair of the archive's own files: the ledger first, then what it vouches for, then what is derived."""

import contextlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from archive.core.errors import ArchiveError, ConfigurationError, EvidenceError
from archive.core.findings import Finding, Severity, error
from archive.core.ids import RANDOM_BYTES, uuid7
from archive.core.ledger import entries
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.ledger_findings import LedgerOutcome
from archive.core.ledger.note import VerifierKey
from archive.core.limits.output import REFUSED_PLACES
from archive.core.outcomes import FileOutcome
from archive.services.catalog.rebuilding import rebuild
from archive.services.evidence.kept import read_kept
from archive.services.evidence.verification import verify_ledger
from archive.services.opened import OpenedArchive, open_archive
from archive.services.repair import own_event
from archive.services.repair.doubtful_states import (
    DoubtfulState,
    doubtful_states,
    refuse_unread,
    told,
    told_as_none,
)
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
from archive.services.repair.ledger_faults import ledger_faults
from archive.services.repair.left_over import CATALOG, left_over, wrong_in_catalog
from archive.services.repair.own_files import OwnFault, OwnPlaces, ledgers_at, other_faults
from archive.services.repair.request import RepairRequest
from archive.services.surroundings import Surroundings
from archive.services.writing import Writing
from archive.storage import intents, own_file_restoration
from archive.storage.disk.kinds import folder_at
from archive.storage.intents import Intent
from archive.storage.keys.signing_key import last_signed
from archive.storage.layout import own_damaged_path
from archive.storage.ledger.folder import CHECKPOINT, is_size
from archive.storage.lock import WriterLock
from archive.storage.own_files_set_aside import unrecorded_runs

_WHO: Final = "find out who changed it"


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
    useless: int = 0  # those that are set aside, or would be, and that nothing takes the place of
    unread: int = 0  # of those that are lacking: it may be well, or a copy have it, that could not be read
    refused: list[Finding] = field(default_factory=list)  # the first places of such copies
    run: str | None = None
    outcome: LedgerOutcome | None = None  # None before it was verified
    followed: VerifierKey | None = None  # the key in force, where archive.toml names one before it
    findings: tuple[Finding, ...] = ()
    doubtful_ledgers: tuple[Finding, ...] = ()  # they may be ahead of the archive's
    left: tuple[Finding, ...] = ()  # what no copy's bytes mend
    unrecorded: tuple[str, ...] = ()  # earlier runs that the ledger never heard of, and that left no intent
    waiting: tuple[str, ...] = ()  # runs that the ledger has still to hear of
    not_recorded: tuple[Finding, ...] = ()  # one of each of them
    blocked: dict[str, list[str]] = field(default_factory=dict)  # what is in the way, and of which files
    made_anew: tuple[Finding, ...] = ()  # what was wrong with the catalog before
    linked: tuple[Finding, ...] = ()
    proven: Checkpoint | None = None  # of the ledger that is gone by

    def propose(self) -> None:
        """Says what would be put back, from where, and whether the ledger holds where that does not mend it.

        EvidenceError where nothing at hand proves the ledger.
        """
        self._begin_anew()
        for fault in self._faults():
            self._note(fault)
        with contextlib.suppress(OSError):  # `left` has it
            self.waiting = own_event.waiting(self.archive)
            self._tell_of_waiting("it waits for the signing key")
        paths = [str(row["path"]) for row in self.rows]
        of_ledger = [row for row in self.rows if str(row["path"]).startswith("ledger/")]
        if not of_ledger or any(row["place"] is None for row in of_ledger):
            self._verify()  # what it is now, it stays
        if f"ledger/{CHECKPOINT}" not in paths:
            with contextlib.suppress(ArchiveError):  # bundles are damaged: what they vouch for is not known
                self._look_for_the_rest(made_anew=len(self.rows) > self.lacking)

    def execute(self, wait: float) -> None:
        """Puts back what can be, file by file, and then verifies the ledger anew.

        It holds the writer's lock, but needs no key: nothing is signed.
        """
        now = self.surroundings.now()
        run = uuid7(now, self.surroundings.random(RANDOM_BYTES))
        facts = own_event.facts_of(self.archive, self.request, self.surroundings, run)
        self._begin_anew()
        with WriterLock(str(self.archive.root), command="repair", wait=wait):
            for fault in self._faults():
                if not self._note(fault):
                    continue
                if self.run is None and self.proven is not None:
                    own_event.begin(self.archive, facts, self.proven)
                    self.run = run
                row = fault.to_json()
                if fault.sha512 is None:
                    own_file_restoration.set_aside(self.archive.root, run, fault.path, row=row)
                    continue
                mode = 0o644 if fault.path == "ledger/checkpoint" else 0o444
                data = fault.data or b""
                own_file_restoration.restore(self.archive.root, run, fault.path, data, mode=mode, row=row)
                self.restored += 1
            if self.run is not None:
                own_event.keep_record(self.archive, run, self.rows)
        self.archive = open_archive(self.archive.root)
        self._verify()
        left: list[Intent | Path] = []
        self.waiting = own_event.waiting(self.archive)
        with contextlib.suppress(OSError, ArchiveError):  # `left` has it
            left = list(intents.unfinished(self.archive.layout.staging))
        self._tell_of_waiting("the ledger does not hold yet")
        if self.holds:
            known = map(json.loads, self.archive.ledger.entries())
            repairs = [entry for entry in known if entry["type"] == entries.EntryType.REPAIRED]
            recorded = {entry["run"] for entry in repairs if "bag" not in entry}
            unfinished = {*self.waiting, *(one.run for one in left if isinstance(one, Intent))}
            self.unrecorded = unrecorded_runs(self.archive.root, recorded | unfinished)
            self._look_for_the_rest(made_anew=False)

    def _begin_anew(self) -> None:
        self.rows, self.lacking, self.unread, self.refused = [], 0, 0, []
        self.restored, self.useless, self.blocked = 0, 0, {}

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
        self.left = (*self.doubtful_ledgers, *self.linked, *(one for one in found if one.place not in known))

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """Every finding, in the order in which they are told."""
        told = (self.findings, self.refused, self.obstacles, self.made_anew, self.not_recorded, self.left)
        return tuple(one for several in told for one in several)

    @property
    def is_to_record(self) -> bool:
        """True where the ledger holds, and only the signing key is needed for what is left to do."""
        return self.holds and (
            bool(self.waiting or self.unrecorded) or self._derived() != () or self._is_swept_by_writers()
        )

    def record(self, writing: Writing) -> None:
        """Makes what is derived anew; the recovery has entered what waited in the ledger.

        Of runs that left no intent, what they set aside is all that is known of them: it is entered, too.
        """
        made = []
        for run in self.unrecorded:
            own_file_restoration.remove_empty_folders(self.archive.root, run)
            data = own_file_restoration.kept_record(self.archive.root, run)
            rows = own_event.record_rows(data, run)
            if rows is None or data is None:
                rows = own_event.rows_set_aside(self.archive, run)
                data = own_event.keep_record(self.archive, run, rows)
            facts = own_event.facts_of(self.archive, self.request, self.surroundings, run)
            facts.keep_note(self.archive)
            made.append(own_event.entry_of(rows, data, facts, holds=True))
        if made:
            writing.checkpoint = self.archive.ledger.append(made, writing.key.signer, writing.key.last_signed)
            writing.follow()
        derived = self._derived()
        if made or (derived and self._is_derived_wrong()):
            rebuild(self.archive, writing.checkpoint)
        self.made_anew = tuple(
            replace(one, severity=Severity.NOTE, message=f"{one.message}; was made anew", remedy=_WHO)
            for one in derived
        )

    def settle(self, trouble: ArchiveError | None) -> None:
        """What is left, and which repairs the ledger does not know of yet: `trouble` says why."""
        self.waiting = own_event.waiting(self.archive) if self.waiting else ()
        self._tell_of_waiting(trouble.message if trouble is not None else "it was put aside meanwhile")
        if self.holds:
            self.archive = open_archive(self.archive.root)
            self._look_for_the_rest(made_anew=False)

    def _tell_of_waiting(self, reason: str) -> None:
        self.not_recorded = tuple(own_event.not_recorded(one, reason) for one in self.waiting)

    def _derived(self) -> tuple[Finding, ...]:
        """What is wrong with the catalog, and is made anew with the signing key."""
        is_folder = folder_at(self.archive.root / CATALOG)  # no file takes its place
        return () if is_folder else tuple(one for one in self.left if one.place == CATALOG)

    def _is_derived_wrong(self) -> bool:
        """True where the recovery has not made it anew already."""
        return any(one.place == CATALOG for one in wrong_in_catalog(self.archive, made_anew=False))

    def _is_swept_by_writers(self) -> bool:
        """True where a killed run left anything, be it a part of what it had staged."""
        try:
            return next(intents.unfinished(self.archive.layout.staging), None) is not None
        except (OSError, ArchiveError):
            return False  # `left` has it

    def _note(self, fault: OwnFault) -> bool:
        """Takes the file into account; True where it can be put back."""
        blocked = self._in_the_way(fault.path) if fault.is_mendable else None
        self.rows.append(fault.to_json(is_blocked=blocked is not None))
        if blocked is not None:
            self.blocked.setdefault(blocked, []).append(fault.path)
        is_able = fault.is_mendable and blocked is None
        self.lacking += not is_able
        self.useless += is_able and fault.sha512 is None
        if fault.data is None and fault.refused is not None:
            self.unread += 1
            if len(self.refused) < REFUSED_PLACES:
                self.refused.append(fault.refused)
        else:
            self.unread += not fault.is_mendable and fault.outcome is FileOutcome.UNREADABLE
        return is_able

    def _in_the_way(self, path: str) -> str | None:
        """What is no folder, and stands where one has to be for the file, or for what is set aside."""
        root, aside = self.archive.root, own_damaged_path("run")
        return own_file_restoration.in_the_way(root, aside) or own_file_restoration.in_the_way(root, path)

    @property
    def obstacles(self) -> tuple[Finding, ...]:
        """What stands in the way of files that could be put back, each place once."""
        return tuple(
            error(
                "REPAIR-IN-THE-WAY",
                place,
                f"is no folder, and stands in the way of {paths[0]}"
                + (f" and {len(paths) - 1:,} more" if len(paths) > 1 else ""),
                remedy="move it away, then give the same command again",
            )
            for place, paths in self.blocked.items()
        )

    def _faults(self) -> Iterator[OwnFault]:
        try:
            key = VerifierKey.parse(self.request.key or self.archive.signing_key())
        except ValueError as trouble:
            raise ConfigurationError(
                f"the key of the archive is none: {trouble}",
                remedy="give the public key that you were given: --key VKEY",
            ) from trouble
        places = OwnPlaces(root=self.archive.root, copies=self.copies)
        ledgers = ledgers_at(places)
        current, named = keys_at_hand(ledgers, key)
        self.followed = current if current != key else None
        key = current
        signed, doubtful = _chosen(ledgers, key)
        unread = [one for one in doubtful if one.unread is not None]
        self.left = self.doubtful_ledgers = (*told(unread), *told_as_none(doubtful))
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
        self.proven = signed.checkpoint
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
            last = last_signed(key).read()[0]
        newest = max(brought, last.size if last is not None and last.origin == key.name else 0)
        if newest > size:
            raise EvidenceError(
                f"the newest ledger at hand has {size:,} entries, and {newest:,} were signed;"
                " nothing was put back",
                remedy="bring a newer copy: archive repair --ledger --from COPY; where none is left, archive"
                " restore COPY --to DIR makes the archive of an older state in a new folder",
            )


def _chosen(ledgers: Sequence[LedgerAt], key: VerifierKey) -> tuple[SignedNote, list[DoubtfulState]]:
    """The checkpoint to go by, and the ledgers of which it is not known that they are not ahead of it.

    Raises StorageError where the archive's own may be among them, or what there is of it is no checkpoint:
    then nothing says that the one at hand is not an older state.
    """
    try:
        signed = choose_checkpoint(ledgers, key)
    except EvidenceError:
        refuse_unread([one for one in doubtful_states(ledgers, 0) if one.unread is not None])
        raise
    doubtful = list(doubtful_states(ledgers, signed.checkpoint.size, is_newest=True))
    unread = [one for one in doubtful if one.unread is not None]
    if signed.place != OWN and signed_note(ledgers[0], CHECKPOINT, key) is None:
        refuse_unread(unread)
    refuse_unread([one for one in unread if one.place == OWN])
    return signed, doubtful


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
        f"the ledger on {good.signed.place or 'this disk'} has {theirs.size:,} entries and does not begin"
        f" with the {ours.size:,} of the archive: there are two histories; nothing was put back",
        remedy="compare the two before either is written to: archive ledger verify, in each",
    )


def _sizes(ledgers: Sequence[LedgerAt]) -> set[int]:
    names = (name.rpartition("/")[2] for ledger in ledgers for name in kept_names(ledger))
    return {int(name) for name in names if is_size(name)}
