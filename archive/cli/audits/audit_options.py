"""The options of `archive audit`: their values, which of them go together, and the request that they make."""

import re
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from archive.services.audit.request import AuditRequest

WAITING_JOBS = 8  # processes per core while all of them wait for storage (docs/performance.md)
_SPAN = re.compile("([0-9]{1,6})([smhd]?)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


class Span(click.ParamType[int]):
    """A span of time such as 90d, 20m or 45 (seconds where no unit is given, or the option's own unit).

    `least` is the shortest that is taken, in the option's unit.
    """

    name = "span"

    def __init__(self, unit: str, *, least: int = 0) -> None:
        self.unit = unit
        self.least = least

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The span in the option's unit, rounded down."""
        if isinstance(value, int):
            return value
        match = _SPAN.fullmatch(str(value).strip())
        if match is None:
            self.fail(f"{value}: not a span of time; such as 90d, 12h, 20m or 30s", param, ctx)
        span = int(match[1]) * _SECONDS[match[2] or self.unit] // _SECONDS[self.unit]
        if span < self.least:
            self.fail(f"{value}: {self.least}{self.unit} is the shortest that can be given", param, ctx)
        return span


AS_MANY_AS_NEEDED = "as many as needed"


class SampleSize(click.IntRange):
    """A number of bags; 0 where --sample stands alone."""

    def __init__(self) -> None:
        super().__init__(min=1)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number, 1 or more."""
        return 0 if value == AS_MANY_AS_NEEDED else super().convert(value, param, ctx)


def request_of(options: dict[str, Any]) -> "AuditRequest":
    """What is asked of the audit."""
    from archive.engine.cores import usable_cores
    from archive.services.audit.request import AuditRequest

    return AuditRequest(
        ids=options["ids"],
        older_than_days=options["older_than"],
        budget_seconds=options["budget"],
        sample=options["sample"],
        seed=options["seed"],
        confidence=options["confidence"],
        at_most=options["at_most"],
        at=options["at"],
        quick=options["quick"],
        read_only=options["read_only"],
        copy=options["copy"],
        work=options["work"],
        brought=options["brought"],
        agent=options["agent"],
        resume=options["resume"],
        jobs=options["jobs"] or usable_cores(),
        most_jobs=options["jobs"] or usable_cores() * WAITING_JOBS,
        lock_wait=options["lock_wait"],
    )


def check_options(options: dict[str, Any], *, all_results: bool) -> None:
    """UsageError for options that say nothing together, or contradict each other."""
    choices = [
        name
        for name, given in (
            ("ID", bool(options["ids"])),
            ("--sample", options["sample"] is not None),
            ("--older-than", options["older_than"] is not None),
        )
        if given
    ]
    if len(choices) > 1:
        raise click.UsageError(f"{' and '.join(choices)} exclude each other")
    for name in ("seed", "confidence", "at_most", "at"):
        if options[name] is not None and options["sample"] is None:
            raise click.UsageError(f"--{name.replace('_', '-')} belongs to --sample")
    _check_percents(options)
    if options["quick"] and all_results:
        raise click.UsageError("--all-results says what was read; --quick reads nothing")
    if options["acknowledge"] and (options["copy"] or options["read_only"] or options["quick"]):
        raise click.UsageError("--acknowledge takes note of what is recorded; this audit is not")
    if options["resume"] and (choices or options["copy"] or options["read_only"] or options["quick"]):
        raise click.UsageError("--resume takes the choice of the run that it takes up")


def _check_percents(options: dict[str, Any]) -> None:
    from archive.core.sampling import parse_percent

    for name in ("confidence", "at_most"):
        try:
            if options[name] is not None:
                parse_percent(options[name])
        except ValueError as trouble:
            raise click.UsageError(f"--{name.replace('_', '-')} {options[name]}: {trouble}") from trouble
