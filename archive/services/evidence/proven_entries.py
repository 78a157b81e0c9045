"""The entries of the ledger held against its signed root, for whoever derives something from them."""

from archive.core.errors import ArchiveError, EvidenceError
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.merkle import Frontier, leaf_hash
from archive.services.opened import OpenedArchive


def require_entries(
    archive: OpenedArchive, checkpoint: Checkpoint, consequence: str, *, unread_too: bool = True
) -> None:
    """Raises EvidenceError where the entries do not give the root of the checkpoint (RFC 9162, 2.1.1).

    `consequence` ends the sentence: "so that …". Raises as the ledger's `entries` does where it does not give
    them, but for a caller who has words of its own for that (`unread_too` is false).
    """
    tree = Frontier()
    try:
        tree.extend(map(leaf_hash, archive.ledger.entries(0, checkpoint.size)))
    except ArchiveError:
        if unread_too:
            raise
        return
    if tree.root() != checkpoint.root:
        raise EvidenceError(
            f"the entries of the ledger are not those that were signed, {consequence}",
            remedy="archive ledger verify says which; archive repair --ledger --from COPY puts them right",
        )
