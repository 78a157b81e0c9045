"""The entries of the ledger held against its signed root, for whoever derives something from them."""

from collections.abc import Iterator
from typing import Final

from archive.core.errors import ArchiveError, EvidenceError
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.merkle import Frontier, inclusion_proof, leaf_hash, peaks_of, verify_inclusion
from archive.services.opened import OpenedArchive

# How the sentence ends for whoever makes a catalog or an index, and for whoever reads.
NO_CATALOG: Final = "so that no catalog is made of them"
NOTHING_TOLD: Final = "so that nothing is told or copied on their word"


def require_entries(
    archive: OpenedArchive, checkpoint: Checkpoint, consequence: str, *, unread_too: bool = True
) -> None:
    """Raises EvidenceError where the entries do not give the root of the checkpoint (RFC 9162, 2.1.1).

    `consequence` ends the sentence: "so that …". Raises as the ledger's `entries` does where it does not give
    them, but for a caller who has words of its own for that (`unread_too` is false).
    """
    try:
        for _ in proven_entries(archive, checkpoint, 0, consequence):
            pass
    except OtherEntriesError:
        raise
    except ArchiveError:
        if unread_too:
            raise


def proven_entries(
    archive: OpenedArchive, checkpoint: Checkpoint, start: int, consequence: str
) -> Iterator[bytes]:
    """The entries from `start` up to the checkpoint; EvidenceError behind the last where they do not lead to
    its root, so that nothing is to be believed of them before.

    What lies before `start` comes from the tiles, which need no trust: others do not lead to the root.
    Where they do not, it is read, too, for tiles can be damaged while the entries are good.
    """
    tree = _tree_before(archive, start)
    for raw in archive.ledger.entries(start, checkpoint.size):
        if tree is not None:
            tree.append(leaf_hash(raw))
        yield raw
    if tree is not None and tree.root() == checkpoint.root:
        return
    if start:
        require_entries(archive, checkpoint, consequence)
        return
    raise OtherEntriesError(consequence)


class ProvenEntries:
    """Single entries of the ledger, each proven by the tiles to lead to the signed root before it is given.

    Those from `since` on pass as they are: the caller has seen to them.
    """

    def __init__(
        self,
        archive: OpenedArchive,
        checkpoint: Checkpoint,
        consequence: str = NOTHING_TOLD,
        *,
        since: int | None = None,
    ) -> None:
        self._archive = archive
        self._checkpoint = checkpoint
        self._consequence = consequence
        self._since = checkpoint.size if since is None else since
        self._subtrees = archive.ledger.subtrees()

    def __call__(self, number: int) -> bytes:
        """The entry at an index; EvidenceError where it is not there, or not what was signed."""
        if number >= self._checkpoint.size:
            raise EvidenceError(
                f"entry {number} of the ledger: none that was signed", remedy="run `archive ledger verify`"
            )
        raw = self._archive.ledger.entry(number)
        if number < self._since and not self._leads_to_root(number, raw):
            require_entries(self._archive, self._checkpoint, self._consequence)
            self._since = 0  # the tiles alone are damaged
        return raw

    def _leads_to_root(self, number: int, raw: bytes) -> bool:
        size, root = self._checkpoint.size, self._checkpoint.root
        try:
            proof = inclusion_proof(number, size, self._subtrees)
        except ArchiveError:
            return False
        return verify_inclusion(number, size, leaf_hash(raw), proof, root)


def _tree_before(archive: OpenedArchive, start: int) -> Frontier | None:
    """The tree of the first `start` entries as the tiles give it; None where they do not."""
    subtree = archive.ledger.subtrees()
    try:
        return Frontier(start, [subtree(level, index) for level, index in peaks_of(start)])
    except ArchiveError:
        return None


def require_root(tree: Frontier, checkpoint: Checkpoint, consequence: str) -> None:
    """EvidenceError where the tree of the entries is not the one that was signed."""
    if tree.root() != checkpoint.root:
        raise OtherEntriesError(consequence)


class OtherEntriesError(EvidenceError):
    """The entries that are there are not those that were signed."""

    def __init__(self, consequence: str) -> None:
        super().__init__(
            f"the entries of the ledger are not those that were signed, {consequence}",
            remedy="archive ledger verify says which; archive repair --ledger --from COPY puts them right",
        )
