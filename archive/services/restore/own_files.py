"""The archive's own files put where they belong: what its ledger vouches for, from any of the copies."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from archive.core import findings
from archive.core.errors import ArchiveError, ConfigurationError, EvidenceError, StorageError
from archive.core.findings import Finding
from archive.core.limits.archives import RESTORED_FILE_BYTES, RUN_MANIFEST_BYTES
from archive.services.repair.ledger_faults import ledger_faults
from archive.services.repair.own_files import OwnFault, OwnPlaces, digested, other_faults
from archive.services.restore.copies import CopyAtHand
from archive.services.restore.evidence import ProvenState
from archive.services.restore.target import MARKER
from archive.services.restore.unread import unread
from archive.storage import settings as settings_file
from archive.storage.audits.begun_runs import BegunRun, plan_trouble
from archive.storage.audits.plan import AuditPlan
from archive.storage.audits.results import PLAN, require_summary
from archive.storage.copies.files import names_below
from archive.storage.descriptions.description_profiles import FOLDER as PROFILES
from archive.storage.descriptions.description_profiles import profile_files
from archive.storage.disk.durable import (
    READ_ONLY,
    NotAPlainFileError,
    read_back,
    read_plain,
    storage_error,
    write_new,
)
from archive.storage.disk.kinds import something_at
from archive.storage.disk.streamed_file import sha512_of_plain
from archive.storage.layout import SETTINGS, repair_record_path
from archive.storage.ledger.folder import CHECKPOINTS, LEDGER
from archive.storage.ledger.notes import Notes, note_path
from archive.storage.ledger.statements import stored_statements
from archive.storage.ledger.timestamps import stored_timestamps
from archive.storage.settings import Settings

_WRITABLE = 0o644
_ELSEWHERE = "name another copy beside these, or repair later: archive repair --ledger --from COPY"


class OwnFiles:
    """Writes them below `root`, read back; nothing is synced here.

    `findings` say what no copy has, `unread` what one may have and did not give.
    """

    def __init__(self, root: Path, copies: Sequence[CopyAtHand], state: ProvenState, before: Path) -> None:
        """`before` is where the ledger lies that a run brought which was cut off; nothing where none was."""
        self.findings: list[Finding] = []
        self.unread: list[Finding] = list(state.unread)
        self.written = 0
        self.root = root
        # The youngest first: of what no digest is on record, it has what was in force last.
        self._copies = sorted(copies, key=lambda one: -state.sizes.get(one.name, 0))
        self._settings: tuple[bytes, Settings] | None = None
        self._state = state
        self._before = before
        places = [*((one.name, one.root) for one in self._copies), (str(root), before)]
        self._places = OwnPlaces(root=root, copies=places)

    def bring_ledger(self) -> None:
        """Entries, tiles and checkpoints of the proven state, and the outside marks that lie with them."""
        for fault in ledger_faults(self._places, self._state.good, self._state.key):
            self._put(fault)
        for size in sorted(self._state.good.roots):
            if not something_at(self.root / (path := f"{LEDGER}/{CHECKPOINTS}/{size}")):
                self._is_unread(path)
        self._bring_marks()

    def bring_vouched(self, plan: AuditPlan, destroyed: set[str]) -> None:
        """Run manifests, results of audits and notes; a note that no copy has may have been removed.

        The notes `destroyed` were, with what they are about: one that an older copy kept does not come back,
        and one that a run before this one brought from it goes. So it is with records of repairs.
        """
        for fault in other_faults(self._places, self._state.good):
            self._put(fault)
        for commitment, _ in plan.vouched.notes():
            if commitment in destroyed:
                self._remove(note_path(commitment))
            else:
                self._bring_note(commitment)
        for repair in plan.vouched.repairs():
            path = repair_record_path(repair.bag, repair.run)
            if plan.state(repair.bag) == "disposed":
                self._remove(path)
                continue
            for fault in digested(self._places, path, repair.record):
                self._put(fault)
        for known in plan.vouched.known_audits():
            if known.begun is not None:
                self._bring_plan(known.begun, is_due=bool(known.lists))
            for digest in known.lists:
                self._require_results(known.run, digest)

    def bring_profiles(self) -> None:
        """Profiles of descriptions, each from the youngest copy that has it: no digest is on record.

        One that a run before this one brought stays only where its ledger was younger than that copy's.
        """
        before = self._state.sizes.get("", 0)
        brought: set[str] = set()
        for one in self._copies:
            is_older = self._state.sizes.get(one.name, 0) < before
            try:
                for path, is_plain in profile_files(one.root):
                    if is_plain and path not in brought and self._bring_profile(path, one.root, is_older):
                        brought.add(path)
            except StorageError as trouble:
                self.unread.append(unread(PROFILES, trouble))

    def _bring_profile(self, path: str, root: Path, is_older: bool) -> bool:
        """Whether it is there now."""
        if is_older and something_at(self.root / path):
            return True
        data = self._given(path, root)
        if data is not None:
            self._write(path, data, _WRITABLE)
        return data is not None

    def settings(self) -> tuple[bytes, Settings]:
        """The bytes of archive.toml that the ledger records, else those of the youngest copy that has one.

        Raises ConfigurationError where no copy has any.
        """
        if self._settings is None:
            self._settings = self._find_settings()
        return self._settings

    def _find_settings(self) -> tuple[bytes, Settings]:
        first: tuple[bytes, Settings] | None = None
        for data in self._settings_at_hand():
            try:
                parsed = settings_file.parse(data, SETTINGS)
            except ArchiveError:
                continue
            if parsed.digest == self._state.settings:
                return data, parsed
            first = first or (data, parsed)
        if first is None:
            raise ConfigurationError(f"no {SETTINGS} that can be read", remedy="name another copy")
        message = (
            "no copy has the one that the ledger records; this is that of the youngest copy that has one"
        )
        expected, found = self._state.settings, first[1].digest
        self.findings.append(
            findings.warning("RESTORE-SETTINGS", SETTINGS, message, expected=expected, found=found)
        )
        return first

    def _settings_at_hand(self) -> Iterator[bytes]:
        for path in (*(one.root / SETTINGS for one in self._copies), self.root / MARKER):
            if (data := _read(path)) is not None:
                yield data
        note = self._state.settings_note
        for one in self._copies if note is not None else ():
            with contextlib.suppress(ArchiveError):
                if (text := Notes(str(one.root)).read(note or "")) is not None:
                    yield text.encode()

    # -- marks from outside --------------------------------------------------------------------------------

    def _bring_marks(self) -> None:
        """Time-stamps and statements, each from the first copy that has it as it was kept.

        One that no copy has so stays out: the ledger would not hold with it, and holds without it.
        """
        damaged: dict[str, str] = {}
        refused: dict[str, StorageError] = {}
        brought: set[str] = set()
        for root in (*(one.root for one in self._copies), self._before):
            try:
                for place, reason, trouble in _marks(root):
                    if trouble is not None:
                        refused.setdefault(place, trouble)
                        continue
                    if reason is not None:
                        damaged.setdefault(place, reason)
                        continue
                    brought.add(place)
                    for name in names_below(root / place):
                        self._bring(f"{place}/{name}", root)
            except StorageError as trouble:
                self.unread.append(unread(LEDGER, trouble))
        self.unread += [unread(place, refused[place]) for place in refused if place not in brought]
        for place, reason in damaged.items():
            if place not in brought and place not in refused and not self._is_unread(place):
                message = f"no copy here has it as it was kept: {reason}"
                self.findings.append(findings.error("RESTORE-LACKING", place, message, remedy=_ELSEWHERE))

    # -- one file ------------------------------------------------------------------------------------------

    def _put(self, fault: OwnFault) -> None:
        if fault.sha512 is None:
            return  # nothing is brought that nothing rests on
        if fault.data is None:
            if self._is_unread(fault.path):
                return
            # Every copy answers now: what was refused a moment ago is no reason to lack it.
            fault = next(digested(self._places, fault.path, fault.sha512), fault)
        if fault.data is None:
            message = "no copy here has it as the ledger records it"
            self.findings.append(
                findings.error(
                    "RESTORE-LACKING", fault.path, message, expected=fault.sha512, remedy=_ELSEWHERE
                )
            )
            return
        self._write(fault.path, fault.data)

    def _is_unread(self, path: str) -> bool:
        """Whether a copy may have the file, or the folder, after all: not to give it is not to lack it."""
        for one in self._copies:
            try:
                sha512_of_plain(str(one.root / path), RUN_MANIFEST_BYTES)
                for name in names_below(one.root / path) if (one.root / path).is_dir() else ():
                    sha512_of_plain(str(one.root / path / name), RUN_MANIFEST_BYTES)
            except StorageError as trouble:
                self.unread.append(unread(path, trouble))
                return True
        return False

    def _require_results(self, run: str, digest: str) -> None:
        """The list of an audit's results is there, or it is said why it is not."""
        place = f"audits/{run}"
        try:
            if require_summary(self.root / "audits", run, digest) is not None:
                return
            for one in self._copies:
                for _ in names_below(one.root / place):
                    pass
        except StorageError as trouble:
            self.unread.append(unread(place, trouble))
            return
        message = "no copy here has the list of its results as the ledger records it"
        self.findings.append(
            findings.error("RESTORE-LACKING", place, message, expected=digest, remedy=_ELSEWHERE)
        )

    def _bring_plan(self, begun: BegunRun, *, is_due: bool) -> None:
        """The plan of a run that the ledger saw begin, from a copy where it is that one."""
        path = f"audits/{begun.run}/{PLAN}"
        refused: StorageError | None = None
        for root in (self.root, *(one.root for one in self._copies)):
            try:
                if plan_trouble(root / "audits", begun) is None:
                    self._bring(path, root)
                    return
            except StorageError as trouble:
                refused = trouble
        if refused is not None:
            self.unread.append(unread(path, refused))
        elif is_due:
            message = "no copy here has it as the ledger records it"
            self.findings.append(findings.error("RESTORE-LACKING", path, message, remedy=_ELSEWHERE))

    def _bring_note(self, commitment: str) -> None:
        path = note_path(commitment)
        refused: StorageError | None = None
        for one in self._copies:
            try:
                if Notes(str(one.root)).read(commitment) is not None:
                    self._bring(path, one.root)
                    return
            except EvidenceError:
                continue  # altered there
            except StorageError as trouble:
                refused = trouble
        if refused is not None:
            self.unread.append(unread(path, refused))

    def _bring(self, path: str, root: Path) -> None:
        """Copies a plain file that is not there yet."""
        if something_at(self.root / path):
            return
        data = self._given(path, root)
        if data is not None:
            self._write(path, data)

    def _given(self, path: str, root: Path) -> bytes | None:
        """The bytes of a plain file of a copy; None where there is none, or where it is unread."""
        try:
            return read_plain(str(root / path), RESTORED_FILE_BYTES)
        except NotAPlainFileError:
            return None  # nothing that this program wrote
        except StorageError as trouble:
            self.unread.append(unread(path, trouble))
            return None

    def _remove(self, path: str) -> None:
        """Removes a file that a run before this one brought, and the folders that held nothing else."""
        target = self.root / path
        try:
            target.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # others lie in it
                for above in target.relative_to(self.root).parents[:-2]:
                    (self.root / above).rmdir()
        except OSError as trouble:
            raise storage_error(trouble, str(target), "remove the file") from trouble

    def _write(self, path: str, data: bytes, mode: int = READ_ONLY) -> None:
        target = self.root / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)  # of a run that was cut off
        except OSError as trouble:
            raise storage_error(trouble, str(target), "write the file") from trouble
        write_new(str(target), data, mode)
        read_back(str(target), data)
        self.written += 1


def _marks(root: Path) -> Iterator[tuple[str, str | None, StorageError | None]]:
    """The place of every time-stamp and statement of a copy, what is wrong with it, and what kept it from
    being read; StorageError."""
    for stamp in stored_timestamps(root):
        yield stamp.place, stamp.trouble, stamp.unread
    for statement in stored_statements(root):
        yield statement.place, statement.trouble, statement.unread


def _read(path: Path) -> bytes | None:
    try:
        return read_plain(str(path), RESTORED_FILE_BYTES)
    except (ArchiveError, NotAPlainFileError):
        return None
