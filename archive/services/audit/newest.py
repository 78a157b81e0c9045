"""What writers did while an audit ran: nothing adverse is said before their entries have been taken in."""

from archive.core import findings
from archive.core.errors import ArchiveError, EvidenceError, StorageError
from archive.core.findings import Finding
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.entries import parse_entry
from archive.core.ledger.note import VerifierKey
from archive.services.evidence.keys import follow_keys
from archive.services.opened import OpenedArchive
from archive.storage.audits.plan import AuditPlan


class Newest:
    """The ledger as it grows beyond the checkpoint that the audit judges by."""

    def __init__(self, target: OpenedArchive, plan: AuditPlan, judged: Checkpoint, key: str) -> None:
        self.findings: list[Finding] = []
        self._target = target
        self._plan = plan
        self._taken = judged
        self._key = key
        self._is_unread = False

    @property
    def taken(self) -> Checkpoint:
        """The state up to which entries were taken in."""
        return self._taken

    @property
    def size(self) -> int:
        """The number of entries taken in so far."""
        return self._taken.size

    def catch_up(self) -> set[str]:
        """Takes in the entries that came since the last call; returns the held bags they are about."""
        try:
            newest = self._newest()
            if newest.size == self._taken.size and newest.root == self._taken.root:
                return set()
            if not self._target.ledger.extends(self._taken.size, self._taken.root):
                self._refuse(newest)
                return set()
            return self._take(newest)
        except ArchiveError as trouble:
            self._is_unread = isinstance(trouble, StorageError)
            message = f"cannot be read any more: {trouble.message}"
            self.findings = [findings.error("LEDGER-UNREADABLE", "ledger", message, remedy=trouble.remedy)]
            return set()

    def follow(self, otherwise: str) -> set[str]:
        """As `catch_up`, for a command that goes on to change something.

        Raises StorageError where the ledger cannot be read, EvidenceError where it does not hold; `otherwise`
        says what was left undone then.
        """
        moved = self.catch_up()
        if self.findings:
            raised = StorageError if self._is_unread else EvidenceError
            message = f"the ledger cannot be followed any more; {otherwise}"
            raise raised(message, remedy=self.findings[0].remedy, findings=tuple(self.findings))
        return moved

    def _newest(self) -> Checkpoint:
        """The checkpoint on disk, by the key known or by one that it signed since."""
        try:
            return self._target.ledger.read_checkpoint(self._key)
        except EvidenceError:
            followed = follow_keys(self._target.ledger, self._taken, VerifierKey.parse(self._key))
            if followed is None:
                raise
            self._key = str(followed)
            return self._target.ledger.read_checkpoint(self._key)

    def _take(self, newest: Checkpoint) -> set[str]:
        moved = set()
        start = self._taken.size
        for number, raw in enumerate(self._target.ledger.entries(start, newest.size), start):
            entry = parse_entry(raw)
            if entry.bag is not None and self._plan.state(entry.bag) is not None:
                moved.add(entry.bag)
            self._plan.take_entry(number, entry)
        self._plan.flush()
        self._taken = newest
        return moved

    def _refuse(self, newest: Checkpoint) -> None:
        message = (
            f"was replaced while the audit ran: the ledger of {newest.size} entries does not extend the one"
            f" of {self._taken.size} that the audit judges by"
        )
        remedy = "compare the archive with its other copies: one of its histories is not the true one"
        self.findings = [findings.error("LEDGER-FORK", "ledger/checkpoint", message, remedy=remedy)]
