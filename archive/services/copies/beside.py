"""What a copy holds beside its bags: offered file by file, where the archive's own holds by the ledger."""

import contextlib
from collections.abc import Iterator
from functools import partial
from hashlib import sha512
from typing import Final

from archive.core import findings
from archive.core.errors import EvidenceError, StorageError
from archive.core.findings import Finding, Severity
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.note import NoteError, joined, parse
from archive.core.ledger.tiles import TILE_WIDTH, TilePath
from archive.core.limits.archives import REPAIR_RECORD_BYTES
from archive.services.catalog.as_left import is_in_place
from archive.services.catalog.verification import verify_catalog
from archive.services.opened import OpenedArchive
from archive.storage.audits.begun_runs import BegunRun, plan_trouble
from archive.storage.audits.plan import AuditPlan
from archive.storage.audits.results import PLAN, list_number, read_list
from archive.storage.audits.vouched_results import DoubtfulResultsError, vouched_chunks
from archive.storage.copies.files import CopyFiles, everything_below, names_below
from archive.storage.copies.folder import CopyFolder
from archive.storage.descriptions.description_profiles import profile_files
from archive.storage.disk.durable import NotAPlainFileError, read_plain
from archive.storage.disk.kinds import folder_at, something_at
from archive.storage.layout import SETTINGS, repair_record_path
from archive.storage.ledger.folder import (
    CHECKPOINT,
    CHECKPOINTS,
    LEDGER,
    NEW_CHECKPOINT,
    STATEMENTS,
    TILES,
    TIMESTAMPS,
    LedgerFolder,
)
from archive.storage.ledger.notes import NOTES, Notes

DERIVED: Final = ("catalog.json", "holdings.csv", "README.html")

_AGAIN: Final = "look at the archive's disk and its cable, then copy again"


class Beside:
    """Brings the files beside the bags to the copy; what the archive itself does not hold is a finding.

    The caller holds the writer's lock, so that the ledger does not move.
    """

    def __init__(self, archive: OpenedArchive, copy: CopyFolder, files: CopyFiles) -> None:
        self.findings: list[Finding] = []
        self._archive = archive
        self._copy = copy
        self._files = files

    def bring_vouched(self, plan: AuditPlan, checkpoint: Checkpoint) -> None:
        """Notes, run manifests, results, records: what the ledger to come refers to is there before it."""
        wrong = self._doubted(checkpoint)
        for path in (*self._notes(plan), *self._runs(wrong)):
            self._files.offer(path)
        for path, target in self._results(plan):
            self._files.offer(path, target)
        for path in self._repairs(plan):
            self._files.offer(path)
        self._files.publish()

    def bring_ledger(self, checkpoint: Checkpoint) -> None:
        """The ledger: tiles first, then the signed checkpoint, whose rename makes the copy that state.

        Before that rename nothing is there but what an unfinished commit of the archive's own would leave:
        the older of the kept checkpoints follow it.
        """
        ledger = self._archive.layout.ledger
        names = list(names_below(ledger))
        for kind in (TILES, TIMESTAMPS, STATEMENTS):
            self._offer_all(names, kind)
        self._files.publish()
        self._offer_new_checkpoint()
        self._offer_all([f"{CHECKPOINTS}/{checkpoint.size}"], CHECKPOINTS)
        self._files.publish()
        self._files.offer(f"{LEDGER}/{CHECKPOINT}")
        self._files.publish()
        self._offer_all(names, CHECKPOINTS)
        self._files.publish()
        self._files.remove(f"{LEDGER}/{NEW_CHECKPOINT}")
        self._remove_superseded(set(names))

    def bring_derived(self, checkpoint: Checkpoint) -> None:
        """The catalog, the list and the page for finders; the profiles and the settings that name them."""
        wrong = self._doubted(checkpoint)
        for path in DERIVED:
            if path not in wrong and self._is_no_stranger(path):
                self._files.offer(path)
        for path, is_plain in profile_files(self._archive.root):
            if is_plain:
                self._files.offer(path)
            else:
                message = "is a link or no plain file, and was not copied"
                remedy = "put the file itself there: without it a restored archive lacks that profile"
                self._say(findings.warning("COPY-PROFILE", path, message, remedy=remedy))
        self._files.offer(SETTINGS)
        self._files.publish()

    def bring_results(self, run: str) -> None:
        """The results of the run that has just ended."""
        for name in names_below(self._archive.layout.audits / run):
            self._files.offer(f"audits/{run}/{name}")
        self._files.publish()

    # -- what holds ----------------------------------------------------------------------------------------

    def _doubted(self, checkpoint: Checkpoint) -> set[str]:
        found = [one for one in verify_catalog(self._archive, checkpoint) if one.severity is Severity.ERROR]
        self._say(*found)
        return {one.place for one in found}

    def _is_no_stranger(self, path: str) -> bool:
        """False, and said so, where something else than a plain file stands in the place of a derived one."""
        place = self._archive.root / path
        if is_in_place(place) or not something_at(place):
            return True
        anew = "archive catalog rebuild makes it anew"
        remedy = f"move the folder away: {anew}" if folder_at(place) else f"{anew}; find out who changed it"
        message = "is not a plain file; the copy keeps what it has of it"
        self._say(findings.error("COPY-SOURCE", path, message, remedy=remedy))
        return False

    def _notes(self, plan: AuditPlan) -> Iterator[str]:
        notes = Notes(str(self._archive.root))
        for commitment, entry in plan.vouched.notes():
            path = f"{NOTES}/{commitment[:2]}/{commitment}.json"
            try:
                if notes.read(commitment) is not None:
                    yield path
            except EvidenceError:
                self._doubt(path, f"is not the text that entry {entry} is committed to")
            except StorageError as trouble:
                self._doubt(path, trouble.message, unread=True)

    def _runs(self, wrong: set[str]) -> Iterator[str]:
        for name in names_below(self._archive.layout.runs):
            if f"runs/{name}" not in wrong:
                yield f"runs/{name}"

    def _results(self, plan: AuditPlan) -> Iterator[tuple[str, str]]:
        """Every file of results, and the path that it is to have on the copy."""
        audits = self._archive.layout.audits
        for known in plan.vouched.known_audits():
            lists = {digest: number for number, digest in enumerate(known.lists, 1)}
            if not lists:
                continue  # begun and not ended: it is copied when it has
            place = f"audits/{known.run}"
            if self._is_the_plan(known.begun, f"{place}/{PLAN}"):
                yield f"{place}/{PLAN}", f"{place}/{PLAN}"
            offered: set[str] = set()
            for digest in known.lists:
                try:
                    chunks = vouched_chunks(audits, known.run, digest)
                except DoubtfulResultsError as trouble:
                    self._doubt(place, str(trouble), unread=trouble.is_unread)
                    continue
                offered.update(f"{place}/{chunk.file}" for chunk in chunks)
            yield from ((path, path) for path in sorted(offered))
            there = self._lists_there(place)
            for name in names_below(audits / known.run):
                found = read_list(audits / known.run / name) if list_number(name) else None
                if found is not None and found[0] in lists:
                    yield f"{place}/{name}", self._list_on_copy(place, name, found[0], lists, there)

    def _lists_there(self, place: str) -> dict[str, list[str]]:
        """The names that each list of results of a run has on the copy, by its digest.

        One that cannot be read there is none: it is written anew.
        """
        there: dict[str, list[str]] = {}
        for name in filter(list_number, names_below(self._copy.root / place)):
            with contextlib.suppress(StorageError):
                if (found := read_list(self._copy.root / place / name)) is not None:
                    there.setdefault(found[0], []).append(name)
        return there

    def _list_on_copy(
        self, place: str, name: str, digest: str, lists: dict[str, int], there: dict[str, list[str]]
    ) -> str:
        """The path of a list on the copy: the one that it has there, else its own, unless another has that.

        Then it is that of its number, so that the copy keeps a list that the archive has lost; a list that
        lay there under two names would be one too many.
        """
        kept = there.get(digest, [])
        if kept:
            return f"{place}/{name if name in kept else kept[0]}"
        taken = any(name in names for other, names in there.items() if other in lists)
        return f"{place}/results-{lists[digest]}.json" if taken else f"{place}/{name}"

    def _is_the_plan(self, begun: BegunRun | None, path: str) -> bool:
        """False, and said so, where the plan of a run is not the one that it was begun with."""
        try:
            trouble = plan_trouble(self._archive.layout.audits, begun) if begun is not None else None
        except StorageError as unread:
            self._doubt(path, unread.message, unread=True)
            return False
        if trouble is not None:
            self._doubt(path, trouble)
        return trouble is None

    def _repairs(self, plan: AuditPlan) -> Iterator[str]:
        """The records of repairs: what was damaged and what took its place. The damaged bytes stay behind."""
        for repair in plan.vouched.repairs():
            if plan.state(repair.bag) == "disposed":
                continue
            path = repair_record_path(repair.bag, repair.run)
            try:
                data = read_plain(str(self._archive.root / path), REPAIR_RECORD_BYTES)
            except NotAPlainFileError:
                data = b""
            except StorageError as trouble:
                self._doubt(path, trouble.message, unread=True)
                continue
            if data is not None and sha512(data).hexdigest() == repair.record:
                yield path
            elif data is not None:
                self._doubt(path, f"is not the record that entry {repair.entry} has the digest of")

    def _doubt(self, place: str, why: str, *, unread: bool = False) -> None:
        message = f"{why}; the copy keeps what it has of it"
        if unread:
            self._say(findings.error("COPY-SOURCE-UNREADABLE", place, message, remedy=_AGAIN))
            return
        remedy = "put it back in the archive: the copy may have it whole"
        self._say(findings.error("COPY-SOURCE", place, message, remedy=remedy))

    def _say(self, *found: Finding) -> None:
        self.findings = list(dict.fromkeys((*self.findings, *found)))

    # -- the ledger ----------------------------------------------------------------------------------------

    def _offer_all(self, names: list[str], kind: str) -> None:
        for name in names:
            if name.startswith(f"{kind}/"):
                joined = partial(self._with_cosignatures, name) if kind == CHECKPOINTS else None
                self._files.offer(f"{LEDGER}/{name}", instead=joined)

    def _with_cosignatures(self, name: str) -> bytes | None:
        """The archive's checkpoint with what others signed of it and only the copy has; None for nothing.

        Where one of two cosignatures is damaged, nobody here can tell which.
        """
        try:
            raw = LedgerFolder(str(self._archive.root)).read_note(name)
            there = LedgerFolder(str(self._copy.root)).read_note(name)
            ours = parse(raw) if raw is not None else None
        except (NotAPlainFileError, StorageError, NoteError):
            return None
        if ours is None or (whole := joined(ours, there)) == ours:
            return None
        return whole.to_bytes()

    def _offer_new_checkpoint(self) -> None:
        """Announces the checkpoint, so that a copy cut off here is an unfinished commit and no rollback."""
        self._files.offer(f"{LEDGER}/{CHECKPOINT}", f"{LEDGER}/{NEW_CHECKPOINT}")
        self._files.publish()

    def _remove_superseded(self, ours: set[str]) -> None:
        """Partial tiles that the archive has replaced by wider ones, and what stands in the place of one."""
        for name, _ in everything_below(self._copy.root / LEDGER):
            tile = TilePath.parse(name)
            if name in ours or tile is None or tile.width == TILE_WIDTH:
                continue
            if not self._files.clear(path := f"{LEDGER}/{name}"):
                message = "is a folder on the copy, and holds something: it was left there"
                remedy = "find out who put it there, and move it out of the copy"
                self._say(findings.error("COPY-IN-THE-WAY", path, message, remedy=remedy))
