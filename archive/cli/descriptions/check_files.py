"""What `archive check` writes where it is asked to: a corrected copy, an annotated one, a page."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.core.text import lossless, printable

if TYPE_CHECKING:
    from archive.core.finding_groups import FindingGroup
    from archive.services.check.annotating import Annotated
    from archive.services.check.fixing import Fixed
    from archive.services.check.preflight_alone import CheckOutcome
    from archive.services.opened import OpenedArchive
    from archive.services.surroundings import Surroundings
    from archive.storage.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The files that were asked for; `accept` are the codes of the corrections to be made, all if none."""

    fix: Path | None
    annotate: Path | None
    report: Path | None
    accept: tuple[str, ...] = ()
    accept_suggestions: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The files that were written, and the survey behind the page."""

    fixed: "Fixed | None" = None
    annotated: "Annotated | None" = None
    report: Path | None = None
    survey: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """The members of the report about them."""
        fixed, annotated = self.fixed, self.annotated
        return {
            "fixed": fixed
            and {
                "file": lossless(str(fixed.file)),
                "made": [each.to_json() for each in fixed.made],
                "left": [each.to_json() for each in fixed.left],
                "elsewhere": fixed.elsewhere,
            },
            "annotated": annotated
            and {"file": lossless(str(annotated.file)), "findings": annotated.findings},
            "report": lossless(str(self.report)) if self.report else None,
            "survey": self.survey,
        }


def require_sense(wanted: Wanted, sources: tuple[str, ...], archive: "OpenedArchive | None") -> None:
    """Refuses, before anything is read, what could not be written at the end."""
    from archive.core.finding_codes import FINDING_CODES
    from archive.storage.disk.new_files import require_new

    if (wanted.accept or wanted.accept_suggestions) and wanted.fix is None:
        raise click.UsageError("--accept says which corrections --fix OUT makes; there is no --fix")
    for code in wanted.accept:
        if code not in FINDING_CODES:
            raise click.UsageError(f"--accept {printable(code)}: no such code; the findings name theirs")
    if wanted.annotate is not None and wanted.annotate.suffix.lower() not in {".ods", ".xlsx"}:
        shown = printable(str(wanted.annotate))
        raise click.UsageError(f"--annotate {shown}: comments need a spreadsheet, .ods or .xlsx")
    if wanted.report is not None and wanted.report.suffix.lower() not in {".html", ".htm"}:
        raise click.UsageError(
            f"--report {printable(str(wanted.report))}: a survey is a page, and ends in .html"
        )
    targets = [target for target in (wanted.fix, wanted.annotate, wanted.report) if target is not None]
    if len({target.absolute() for target in targets}) < len(targets):
        raise click.UsageError("--fix, --annotate and --report need files of their own")
    for target in targets:
        require_new(target, (*sources, *([str(archive.root)] if archive else [])))


def write_files(
    wanted: Wanted,
    plan: "Plan",
    outcome: "CheckOutcome",
    groups: "list[FindingGroup]",
    surroundings: "Surroundings",
) -> Written:
    """Writes what was asked for; the survey comes last, for it loads a runtime that outlives no fork."""
    fixed = annotated = survey = None
    if wanted.fix is not None:
        from archive.services.check.fixing import fix

        suggestions = wanted.accept_suggestions
        fixed = fix(plan, outcome, wanted.fix, wanted.accept, suggestions=suggestions)
    if wanted.annotate is not None:
        from archive.services.check.annotating import annotate

        annotated = annotate(plan, outcome, wanted.annotate)
    if wanted.report is not None:
        from archive.services.check.survey_page import write_survey_page

        survey = write_survey_page(plan, outcome, groups, wanted.report, surroundings)
    return Written(fixed=fixed, annotated=annotated, report=wanted.report, survey=survey)
