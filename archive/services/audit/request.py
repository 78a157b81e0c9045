"""What an audit is asked to do."""

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """How the bags were chosen; the ledger and the report say it."""

    FULL = "full"
    SHARE = "share"  # oldest checks first, by age or by budget
    SAMPLE = "sample"
    IDS = "ids"
    QUICK = "quick"  # names and sizes only: never counted as an audit


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRequest:
    """The options of `archive audit`; days and seconds are whole numbers, `seed` any text."""

    ids: tuple[str, ...] = ()
    older_than_days: int | None = None
    budget_seconds: int | None = None
    sample: int | None = None
    seed: str | None = None
    quick: bool = False
    read_only: bool = False
    copy: str | None = None
    work: str | None = None
    trust: tuple[str, ...] = ()
    key: str | None = None
    agent: str | None = None
    resume: str | None = None
    jobs: int = 1

    @property
    def mode(self) -> Mode:
        """The closed word for the choice."""
        if self.quick:
            return Mode.QUICK
        if self.ids:
            return Mode.IDS
        if self.sample is not None:
            return Mode.SAMPLE
        if self.older_than_days is not None or self.budget_seconds is not None:
            return Mode.SHARE
        return Mode.FULL
