"""`archive key sign`: nothing but the recording of what waits for a signature."""

from collections.abc import Callable

from archive.services.opened import OpenedArchive
from archive.services.signing.recording import Recorded
from archive.services.surroundings import Surroundings
from archive.services.writing import writing
from archive.storage.lock import Holder


def sign_waiting(
    archive: OpenedArchive,
    *,
    surroundings: Surroundings,
    agent: str | None,
    lock_wait: float,
    waiting: Callable[[Holder], None] | None,
) -> Recorded:
    """Records what waits; raises what every writer raises."""
    with writing(
        archive,
        command="key sign",
        surroundings=surroundings,
        agent=agent,
        wait=lock_wait,
        waiting=waiting,
    ) as hold:
        return hold.waited
