"""One run of `archive restore`: the ledger that the copies prove, then every bag that it promises.

`archive.toml` comes last, so that a run that was cut off leaves no archive, and the same command goes on.
Nothing is signed and no key is needed: what comes back is a state that was signed before.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from archive.core import findings
from archive.core.copies import CopyForm
from archive.core.errors import StorageError
from archive.core.outcomes import BagOutcome
from archive.services.audit.evidence import judge_ledger, require_proven
from archive.services.audit.request import AuditRequest
from archive.services.catalog.rebuilding import rebuild
from archive.services.changes.destruction import notes_of_disposed
from archive.services.copies.bags import CopiedBags
from archive.services.opened import OpenedArchive
from archive.services.restore.copies import CopyAtHand, open_copies
from archive.services.restore.damaged import bring_damaged
from archive.services.restore.evidence import ProvenState, prove
from archive.services.restore.left_before import follow_ledger
from archive.services.restore.own_files import OwnFiles
from archive.services.restore.report import KeyAtHand, RestoreReport
from archive.services.restore.request import RestoreRequest
from archive.services.restore.target import (
    begin_target,
    end_target,
    keep_begun_ledger,
    look_at_target,
)
from archive.services.surroundings import Surroundings
from archive.storage.audits.plan import AuditPlan
from archive.storage.audits.results import ChunkRow
from archive.storage.bags.bag_writing import FOLDER_MODE
from archive.storage.copies.folder import CopyFolder
from archive.storage.copies.todo import CopyTodo
from archive.storage.copies.work import end_work
from archive.storage.disk.durable import storage_error
from archive.storage.disk.file_system_sync import FileSystemSync
from archive.storage.disk.staged_tree import files_below, folders_below
from archive.storage.keys.signing_key import find_key, refuse_keys_inside
from archive.storage.layout import FOLDERS, Layout, bag_path
from archive.storage.ledger.files import LedgerFiles
from archive.storage.lock import WriterLock

_NAMED: Final = 20
_AGAIN: Final = (
    "try another cable or reader, or name another copy, and run the same command again; --unreadable makes"
    " the archive without what cannot be read"
)


@dataclass(slots=True)
class RestoreRun:
    """One run; the plan is the caller's.

    `rows` say what an audit finds of the bags that are not whole in the archive.
    """

    request: RestoreRequest
    plan: AuditPlan
    surroundings: Surroundings
    report: RestoreReport = field(init=False)
    rows: list[ChunkRow] = field(default_factory=list)
    _begun: bool = field(init=False, default=False)

    def run(self) -> RestoreReport:
        """Makes the archive anew from the copies, which are only read.

        Raises ConfigurationError or ConflictError where no archive can be made there, EvidenceError where the
        copies do not prove a ledger, StorageError where the archive cannot be written: the same call goes on.
        """
        root = Path(os.path.realpath(self.request.to))
        copies = open_copies(self.request.copies)
        known = next(one.settings for one in copies if one.settings is not None)
        refuse_keys_inside(str(root))
        self._begun = look_at_target(root, known.archive_id, copies)
        before = keep_begun_ledger(root) if self._begun else root
        state = prove(before, copies, self.request.trust, self.request.key)
        self._refuse_unread_ledger(state)
        own = OwnFiles(root, copies, state, before)
        begin_target(root, own.settings()[0])
        with FileSystemSync(str(root)) as sync, WriterLock(str(root), command="restore", wait=0):
            self._write(own, copies, state, sync)
        return self.report

    def _refuse_unread_ledger(self, state: ProvenState) -> None:
        """A ledger that could not be read may go further: nobody is led to believe that this is all."""
        if state.unread and not self.request.unreadable:
            raise StorageError(
                "the ledger of a copy could not be read in full, and may go further than what is proven; the"
                " archive was not made",
                remedy=_AGAIN,
                findings=state.unread[:_NAMED],
            )

    def _write(
        self, own: OwnFiles, copies: list[CopyAtHand], state: ProvenState, sync: FileSystemSync
    ) -> None:
        root = own.root
        for name in FOLDERS:
            _make(root / name)
        own.bring_ledger()
        archive = OpenedArchive(Layout(root), own.settings()[1], LedgerFiles(str(root)))
        self._judge(archive)
        own.bring_vouched(self.plan, notes_of_disposed(archive))
        own.bring_profiles()
        self._begin_report(root, archive, state)
        self._bring_bags(archive, own, copies, sync)
        self._seal(root)
        self.report.add(*own.findings, *own.unread)
        rebuilt = rebuild(archive, state.checkpoint)
        self.report.add(*(one for one in rebuilt.findings if not self.rows))
        sync.sync(files_below(root), folders_below(root))
        end_target(root)

    def _judge(self, archive: OpenedArchive) -> None:
        """What came back is verified as an audit does it, before a bag is judged by it."""
        request = AuditRequest(work=self.request.work)
        evidence = judge_ledger(archive, request, self.plan, self.surroundings.progress)
        require_proven(
            evidence,
            "as the copies have it; the archive was not made",
            "name more copies; archive -C COPY ledger verify says more",
        )

    def _begin_report(self, root: Path, archive: OpenedArchive, state: ProvenState) -> None:
        at_hand = KeyAtHand.READY if find_key(state.key) is not None else KeyAtHand.AWAY
        self.report = RestoreReport(
            to=str(root),
            copies=self.request.copies,
            archive=archive.settings.archive_id,
            name=archive.settings.name,
            size=state.checkpoint.size,
            root=state.checkpoint.root.hex(),
            signed_later=state.signed_later,
            key=str(state.key),
            key_at_hand=KeyAtHand.AHEAD if state.entries_lost else at_hand,
        )
        if state.entries_lost:
            self.report.add(_behind(state))
        elif state.unproven > state.checkpoint.size:
            self.report.add(_unproven(state))
        self.report.add(*state.findings)

    # -- bags ----------------------------------------------------------------------------------------------

    def _bring_bags(
        self, archive: OpenedArchive, own: OwnFiles, copies: list[CopyAtHand], sync: FileSystemSync
    ) -> None:
        sources = tuple(one.bags for one in copies)
        todo = CopyTodo(self.plan)
        counts = self.report.counts
        with CopyFolder(archive.root) as target:
            end_work(target.root)
            bags = CopiedBags(archive, target, CopyForm.FOLDER, self.plan, todo, sources)
            if self._begun:
                follow_ledger(target, self.plan)
            bags.look((), (), 0, self.report.size)
            bags.bring(self.request.jobs, sync, self.surroundings.progress, lambda _: None)
            failed = [ChunkRow(**row) for row in todo.failed()]
            self._refuse_unread(own, failed)
            brought = list(bring_damaged(target, self.plan, sources, failed, sync))
            end_work(target.root)
        self.rows = [row for row in brought if row.outcome != BagOutcome.INTACT]
        held = [row for row in self.rows if self.plan.state(row.bag) == "held"]
        counts.missing = sum(row.outcome == BagOutcome.MISSING for row in held)
        counts.damaged = len(held) - counts.missing
        counts.held, counts.withdrawn = todo.held(), sum(1 for _ in self.plan.set_aside())
        counts.whole = counts.held - len(held)
        came_whole = [row for row in brought if row.outcome == BagOutcome.INTACT]
        counts.written = bags.counts.written + len(came_whole)
        counts.files = bags.counts.files + sum(row.files for row in came_whole)
        counts.bytes = bags.counts.bytes + sum(row.bytes for row in came_whole)

    def _refuse_unread(self, own: OwnFiles, failed: list[ChunkRow]) -> None:
        """What could not be read is not lost: nobody is led to believe so by an archive without it."""
        unread = [row for row in failed if row.outcome == BagOutcome.UNREADABLE]
        if self.request.unreadable:
            self.report.add(*(_unread_bag(row) for row in unread[:_NAMED]))
        if self.request.unreadable or not (unread or own.unread):
            return
        what = f"{len(unread):,} documents and {len(own.unread):,} other files"
        raise StorageError(
            f"{what} could not be read from the copies; the archive was not made",
            remedy=_AGAIN,
            findings=(*own.unread[:_NAMED], *(_unread_bag(row) for row in unread[:_NAMED])),
        )

    def _seal(self, root: Path) -> None:
        """Folders of bags as ingest leaves them: nobody writes into a bag by mistake."""
        layout = Layout(root)
        for top in (layout.bags, layout.withdrawn):
            for bag in top.glob("*/*"):
                for folder, _, _ in os.walk(bag, topdown=False):
                    os.chmod(folder, FOLDER_MODE)


def _behind(state: ProvenState) -> findings.Finding:
    lost = state.entries_lost
    message = (
        f"{lost:,} {'entry' if lost == 1 else 'entries'} were signed after this state, and no copy here has"
        f" them: it goes up to {state.checkpoint.size:,} of {state.signed_later:,}"
    )
    remedy = (
        "name a newer copy beside these, in a new folder; where none is left, archive key replace --behind"
        " --reason TEXT goes on from here, and says so for good"
    )
    return findings.warning("RESTORE-BEHIND", "ledger/checkpoint", message, remedy=remedy)


def _unproven(state: ProvenState) -> findings.Finding:
    message = (
        f"a copy here says that it has {state.unproven:,} entries, and no key that is led to from those known"
        f" signed them: what is proven goes up to {state.checkpoint.size:,}"
    )
    remedy = (
        "ask by another way which key the archive has now, and restore to a new folder with it: --key;"
        " write nothing here before"
    )
    return findings.warning("RESTORE-BEHIND", "ledger/checkpoint", message, remedy=remedy)


def _unread_bag(row: ChunkRow) -> findings.Finding:
    first = row.findings[0] if row.findings else {"message": "could not be read"}
    return findings.error("RESTORE-UNREAD", bag_path(row.bag), str(first["message"]), remedy=_AGAIN)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as trouble:
        raise storage_error(trouble, str(folder), "make the folder") from trouble
