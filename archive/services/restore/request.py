"""What `archive restore` is asked to do."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreRequest:
    """The options of `archive restore`: the copies, the likeliest to be whole first, and the new folder.

    With `unreadable` the archive is made though a copy does not give something that it may have.
    """

    copies: tuple[str, ...]
    to: str
    trust: tuple[Path, ...] = ()
    key: str | None = None
    unreadable: bool = False
    jobs: int = 1
    work: str | None = None
