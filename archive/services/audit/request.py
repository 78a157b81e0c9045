"""What an audit is asked to do."""

from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from archive.core.errors import ConfigurationError
from archive.core.text import is_utf8
from archive.services.evidence.brought import Brought

if TYPE_CHECKING:
    from archive.core.sampling import SampleTerms


class Mode(StrEnum):
    """How the bags were chosen; the ledger and the report say it."""

    FULL = "full"
    SHARE = "share"  # oldest checks first, by age or by budget
    SAMPLE = "sample"
    IDS = "ids"
    QUICK = "quick"  # names and sizes only: never counted as an audit


_CHOICE: Final[dict[str, tuple[type, ...]]] = {
    "ids": (list, tuple),
    "older_than_days": (int, type(None)),
    "budget_seconds": (int, type(None)),
    "sample": (int, type(None)),
    "seed": (str, type(None)),
    "confidence": (str, type(None)),
    "at_most": (str, type(None)),
    "at_size": (int, type(None)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRequest:
    """The options of `archive audit`; days and seconds are whole numbers, `seed` any text.

    `sample` is 0 where the confidence says how many; `confidence` and `at_most` are percentages. `at` is a
    file with a checkpoint, `at_size` its size: the population of a sample is what was held then.
    """

    ids: tuple[str, ...] = ()
    older_than_days: int | None = None
    budget_seconds: int | None = None
    sample: int | None = None
    seed: str | None = None
    confidence: str | None = None
    at_most: str | None = None
    at: str | None = None
    at_size: int | None = None
    quick: bool = False
    read_only: bool = False
    copy: str | None = None
    work: str | None = None
    brought: Brought = field(default_factory=Brought)
    agent: str | None = None
    resume: str | None = None
    kept_choice: dict[str, Any] | None = None  # of a resumed run: the choice as its plan has it
    jobs: int = 1
    most_jobs: int = 1
    lock_wait: float = 600.0

    @property
    def mode(self) -> Mode:
        """The closed word for the choice."""
        if self.quick:
            return Mode.QUICK
        if self.ids:
            return Mode.IDS
        if self.sample is not None:
            return Mode.SAMPLE
        return Mode.SHARE if self.is_share else Mode.FULL

    @property
    def is_share(self) -> bool:
        """True where the age of earlier checks chooses, be it that only names and sizes are looked at."""
        by_age = self.older_than_days is not None or self.budget_seconds is not None
        return by_age and not self.ids and self.sample is None

    @property
    def is_of_everything(self) -> bool:
        """True where no earlier audit has a say in what is read: it begins anew and leaves nothing out."""
        is_full = self.mode in (Mode.FULL, Mode.QUICK) and self.choice() == AuditRequest().choice()
        return is_full and self.resume is None and self.copy is None

    @property
    def terms(self) -> "SampleTerms":
        """What the sample is to show; ConfigurationError where the percentages are none."""
        from archive.core.sampling import AT_MOST, CONFIDENCE, SampleTerms, parse_percent

        try:
            confidence = parse_percent(self.confidence or CONFIDENCE)
            at_most = parse_percent(self.at_most or AT_MOST)
        except ValueError as trouble:
            raise ConfigurationError(
                f"--confidence or --at-most: {trouble}",
                remedy="give a percentage, such as --confidence 95 or --at-most 1",
            ) from trouble
        return SampleTerms(confidence=confidence, at_most=at_most)

    def choice(self) -> dict[str, Any]:
        """What chooses the bags, as the plan of a run keeps it for whoever takes the run up."""
        return {name: value for name, value in asdict(self).items() if name in _CHOICE}

    def with_choice(self, choice: Any) -> "AuditRequest":
        """This request with the choice of a kept plan; ConfigurationError where that is none.

        A budget given anew holds; else the run goes on to its end.
        """
        known = choice if isinstance(choice, dict) else {}
        whole = all(isinstance(known.get(name), kinds) for name, kinds in _CHOICE.items())
        words = [*known["ids"], *known.values()] if whole else []
        if not whole or not all(is_utf8(word) for word in words if isinstance(word, str)):
            raise ConfigurationError(
                "the plan of that audit does not say what it chose", remedy="begin a new one: archive audit"
            )
        chosen: dict[str, Any] = {name: known.get(name) for name in _CHOICE} | {
            "ids": tuple(map(str, known["ids"]))
        }
        chosen["kept_choice"] = known
        return replace(self, **chosen | {"budget_seconds": self.budget_seconds or known["budget_seconds"]})
