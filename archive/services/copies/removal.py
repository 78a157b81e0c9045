"""What is not held any more, on the copy: withdrawn bags are set aside, disposed ones destroyed."""

import os
from typing import Final

from archive.core import findings
from archive.core.copies import CopyForm
from archive.core.findings import Finding
from archive.core.outcomes import BagOutcome
from archive.services.copies.batch import look_at
from archive.services.copies.disposed import BagOnCopy, LeftOnCopy
from archive.storage.audits.plan import AuditPlan
from archive.storage.copies.files import CopyFiles
from archive.storage.copies.folder import CopyFolder
from archive.storage.copies.names import WORK, bag_name, bag_place
from archive.storage.copies.todo import CopyTodo
from archive.storage.disk.durable import storage_error
from archive.storage.disk.file_system_sync import FileSystemSync
from archive.storage.intents import remove_tree
from archive.storage.layout import damaged_path

_DOOMED: Final = f"{WORK}/doomed"


class CopyRemovals:
    """Follows withdrawals and disposals after the copy's ledger has their entries: nothing is lost before."""

    def __init__(
        self, copy: CopyFolder, form: CopyForm, plan: AuditPlan, todo: CopyTodo, sync: FileSystemSync
    ) -> None:
        self.findings: list[Finding] = []
        self._copy = copy
        self._form = form
        self._plan = plan
        self._todo = todo
        self._sync = sync

    def set_aside(self) -> int:
        """Moves withdrawn bags into the copy's quarantine, durably; how many.

        Where a whole one lies there, what is left in `bags/` is an older state of it, which goes.
        """
        moved = 0
        for bag in self._todo.to_set_aside():
            place = bag_place(bag, self._form)
            target = bag_place(bag, self._form, withdrawn=True)
            try:
                self._copy.rename(place, target)
            except FileExistsError:
                if self._is_set_aside(bag):
                    self._doom(BagOnCopy(bag, self._form, withdrawn=False))
                    moved += 1
                    continue
                message = "was withdrawn and lies in the copy's quarantine already; this one is left"
                remedy = "look at both, and remove the one that is not whole"
                self.findings.append(findings.warning("COPY-TWICE", place, message, remedy=remedy))
                continue
            except OSError as trouble:
                raise storage_error(trouble, str(self._copy.root / place), "set the bag aside") from trouble
            self._todo.set_aside(bag)
            moved += 1
        if moved:
            self._sync.sync((), self._folders())
        self._remove_doomed()
        return moved

    def destroy(self, left: LeftOnCopy, files: CopyFiles) -> int:
        """Destroys what is left of documents that were disposed of; of how many nothing is left now.

        Each bag is first renamed out of its place, so that none is seen half there.
        """
        for note in left.notes:
            files.remove(note)
        for bag in left.records:
            self._doom_records(bag)
        for one in left.bags:
            self._doom(one)
        if left.bags or left.records:
            self._sync.sync((), self._folders())
            self._remove_doomed()
        return left.destroyable

    def _is_set_aside(self, bag: str) -> bool:
        """Whether the bag in the copy's quarantine is the one that the ledger promises, by its bytes."""
        expectation = self._plan.expectation(bag)
        if expectation is None:
            return False
        above = os.path.dirname(bag_place(bag, self._form, withdrawn=True))
        shard = self._copy.open_folder(above)
        try:
            return look_at(shard, bag, expectation, self._form).outcome is BagOutcome.INTACT
        finally:
            os.close(shard)

    def _doom(self, one: BagOnCopy) -> None:
        kind = "quarantine" if one.withdrawn else "bags"
        try:
            self._copy.rename(one.place, f"{_DOOMED}/{kind}/{bag_name(one.bag, one.form)}")
        except OSError as trouble:
            raise storage_error(trouble, str(self._copy.root / one.place), "remove the bag") from trouble
        if one.form is self._form:
            self._todo.forget(one.bag, withdrawn=one.withdrawn)

    def _remove_doomed(self) -> None:
        if self._copy.exists(_DOOMED):
            remove_tree(self._copy.root / _DOOMED)

    def _doom_records(self, bag: str) -> None:
        """The records of its repairs have the names of its files."""
        place = damaged_path(bag, "").rstrip("/")
        try:
            self._copy.rename(place, f"{_DOOMED}/damaged/{bag}")
        except FileNotFoundError:
            return
        except OSError as trouble:
            raise storage_error(trouble, str(self._copy.root / place), "remove the records") from trouble

    def _folders(self) -> list[str]:
        """Every folder of bags, for file systems that are synced one by one."""
        if self._sync.at_once:
            return []
        return [folder for folder, _, _ in os.walk(self._copy.root / "bags")]


def kept(disposed: int) -> Finding:
    """What is said where nobody was there to say yes."""
    message = (
        f"{disposed:,} {'document' if disposed == 1 else 'documents'} that the ledger says were disposed of"
        " still lie on the copy, or notes about them"
    )
    remedy = "destroy them there, too: archive copy --to … --yes"
    return findings.warning("COPY-DISPOSED", "bags", message, remedy=remedy)
