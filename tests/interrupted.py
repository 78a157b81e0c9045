"""An ingest with --on-error continue that is cut off between its commits, each of one document."""

import pytest

from archive.services.ingest import job
from archive.services.ingest.publish import Publisher


def die_at_commit(patch: pytest.MonkeyPatch, number: int) -> None:
    """Lets ingests in this process die before the commit of that number, from 1."""
    commit = Publisher.commit
    commits: list[bool] = []

    def dies(publisher: Publisher, *, closing: bool) -> object:
        commits.append(closing)
        if len(commits) == number:
            raise KeyboardInterrupt
        return commit(publisher, closing=closing)

    patch.setattr(job, "BATCH_DOCUMENTS", 1)
    patch.setattr(job, "GROUP_DOCUMENTS", 1)
    patch.setattr(Publisher, "commit", dies)
