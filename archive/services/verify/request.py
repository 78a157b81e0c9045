"""What somebody who verifies bags asks for."""

from typing import NamedTuple

from archive.core.bagit_judge import Policy
from archive.core.containers.budget import USUAL, Budget


class VerifyRequest(NamedTuple):
    """`bags` are paths as the user named them; with `recursive` what lies below them is meant, too."""

    bags: tuple[str, ...]
    recursive: bool = False
    policy: Policy = Policy()
    cross_check: int | None = None  # seconds that bagit may take for each bag; None: it is not asked
    jobs: int = 1
    budget: Budget = USUAL  # of each tar and zip
