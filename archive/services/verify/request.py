"""What somebody who verifies bags asks for."""

from dataclasses import dataclass, field

from archive.core.bagit_judge import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyRequest:
    """`bags` are paths as the user named them; with `recursive` the bags below them are meant, too."""

    bags: tuple[str, ...]
    recursive: bool = False
    policy: Policy = field(default_factory=Policy)
    jobs: int = 1
