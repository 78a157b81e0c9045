"""What `archive copy` is asked to do."""

from dataclasses import dataclass

from archive.core.copies import CopyForm


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRequest:
    """The options of `archive copy`; what describes the place is None where nothing was said."""

    to: str
    name: str | None = None
    medium: str | None = None
    site: str | None = None
    provider: str | None = None
    form: CopyForm | None = None
    agent: str | None = None
    dry_run: bool = False
    jobs: int = 1
    work: str | None = None
    lock_wait: float = 600.0
