"""What `archive check` says to people: what to do first, each like error once, what is ready."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from archive.cli.context import Context
from archive.cli.descriptions.check_files import Written
from archive.cli.given_options import sources_given, submission_given
from archive.cli.held_text import held_otherwise
from archive.cli.output import (
    ALWAYS_SAID,
    facts_of,
    in_brackets,
    next_step,
    plural,
    remedy_of,
    say,
    styled,
    tell,
)
from archive.core.finding_groups import FindingGroup, row_ranges
from archive.core.limits.output import GROUP_EXAMPLES, GROUP_RUNS_SHOWN
from archive.core.limits.terminal import TEXT_DOCUMENTS, TEXT_FINDINGS
from archive.core.tables.sheet import column_letter
from archive.core.text import printable

if TYPE_CHECKING:
    from archive.core.tables.correction import Correction
    from archive.services.check.fixing import Fixed
    from archive.services.check.preflight_alone import CheckOutcome
    from archive.services.ingest.request import IngestRequest
    from archive.storage.plan import Plan

_MARKS: Final = {"error": ("✗", "red"), "warning": ("!", "yellow"), "note": ("·", "dim")}
# How a table was read is said in any case: a wrong guess there makes nonsense of everything else.
_STATED: Final = ALWAYS_SAID | {"DESC-COLUMN-MEANT", "DESC-LEVEL", "DESC-READ-AS", "TABLE-SEVERAL-VALUES"}


def print_check(
    context: Context,
    plan: "Plan",
    outcome: "CheckOutcome",
    groups: list[FindingGroup],
    request: "IngestRequest",
    written: Written,
    *,
    grouped: bool,
) -> None:
    """The findings, grouped or one by one, and the verdict."""
    for judged in outcome.bags:
        mark = styled("✓", "green") if judged.is_accepted else styled("✗", "red")
        say(f"{mark} {printable(judged.name)} is a bag: {judged.report.verdict.value}")
    everything, fixed = not grouped, written.fixed
    notes = everything or context.verbosity > 0
    if everything:
        for finding in plan.all_findings():
            _print_finding(finding)
    else:
        for group in groups:
            if notes or group.severity != "note" or group.corrected or group.code in _STATED:
                _print_group(group)
    for row in plan.outcomes("held"):
        for line in held_otherwise(row):
            say(line)
    if not context.quiet:
        _tell_left_out(plan, everything=everything)
    if fixed is not None:
        _print_fixed(fixed, everything=everything)
    if written.annotated is not None:
        name = styled(printable(str(written.annotated.file)), "bold")
        say(f"{name}: the table with {plural(written.annotated.findings, 'finding')} in it, each at its cell")
    if written.report is not None:
        say(f"{styled(printable(str(written.report)), 'bold')}: the survey")
    _print_verdict(context, plan, outcome, groups, request, fixed)


def _print_group(group: FindingGroup) -> None:
    if group.count <= GROUP_EXAMPLES:
        for finding in group.examples:
            _print_finding(finding)
        return
    what = plural(group.count, "row" if group.rows else "file")
    where = f" in column {printable(group.column)}" if group.column else ""
    named = f" ({printable(group.field)})" if group.field and group.field != group.column else ""
    headline = styled(f"{what}{where}{named}", "bold")
    rule = f" ({printable(group.clause)})" if group.clause else ""
    say(f"{_mark(group.severity)} {headline}: {printable(group.meaning)}{rule}")
    if group.rows:
        say(f"    rows {row_ranges(group.rows, GROUP_RUNS_SHOWN)}")
    for finding in group.examples:
        say(f"    {_shown(finding['place'])}: {_value(finding)}")
    if group.corrected:
        say(f"    → {group.corrected:,} have a certain correction, as shown")
    elif group.remedy:
        say(f"    → {printable(group.remedy)}")


def _value(finding: Mapping[str, Any]) -> str:
    if "found" not in finding:
        return _shown(finding["message"])
    found = f"“{_shown(finding['found'])[:80]}”"
    return f"{found} → {_shown(finding['corrected'])}" if "corrected" in finding else found


def _print_finding(finding: Mapping[str, Any]) -> None:
    at = finding.get("at", {})
    cell = f" (row {at['line']}, column {_shown(at['column'])})" if {"line", "column"} <= at.keys() else ""
    code = styled(finding["code"], "dim")
    message = _shown(finding["message"]) + in_brackets(finding)
    say(f"{_mark(finding['severity'])} {_shown(finding['place'])}{cell}: {message}  {code}")
    if "clause" in finding and (facts := facts_of(finding)):  # of a bag: it is looked up by its rule
        say(f"    {facts}")
    if "corrected" in finding:
        say(f"    “{_shown(finding.get('found', ''))[:80]}” → {_shown(finding['corrected'])}")
    elif remedy := remedy_of(finding):
        say(f"    → {_shown(remedy)}")


def _mark(severity: str) -> str:
    mark, style = _MARKS[severity]
    return styled(mark, style)


def _shown(value: Any) -> str:
    return printable(str(value)) if not isinstance(value, Mapping) else printable(value["text"])


def _tell_left_out(plan: "Plan", *, everything: bool) -> None:
    left_out = list(plan.left_out())
    for source, why in left_out if everything else left_out[:TEXT_DOCUMENTS]:
        tell(f"· left out: {printable(source)} ({printable(why)})")
    if len(left_out) > TEXT_DOCUMENTS and not everything:
        tell(f"· … and {len(left_out) - TEXT_DOCUMENTS:,} more left out; --all names them")


def _print_fixed(fixed: "Fixed", *, everything: bool) -> None:
    made = fixed.made if everything else fixed.made[:TEXT_FINDINGS]
    for each in made:
        say(f"{styled('✓', 'green')} {_cell(each)}: “{printable(each.found)}” → {printable(each.corrected)}")
    if len(made) < len(fixed.made):
        say(f"  … and {len(fixed.made) - len(made):,} more; --all shows them")
    for each in fixed.left:
        say(f"! {_cell(each)}: “{printable(each.found)}” was left; write {printable(each.corrected)} there")
    name = styled(printable(str(fixed.file)), "bold")
    say(f"{name}: {plural(len(fixed.made), 'correction')}, all else as it was")
    if fixed.elsewhere:
        say(f"  {plural(fixed.elsewhere, 'correction')} in other files (sidecars), to be made by hand")


def _cell(correction: "Correction") -> str:
    return f"{column_letter(correction.column)}{correction.row} ({printable(correction.field)})"


def _print_verdict(
    context: Context,
    plan: "Plan",
    outcome: "CheckOutcome",
    groups: list[FindingGroup],
    request: "IngestRequest",
    fixed: "Fixed | None",
) -> None:
    counts = plan.severities()
    errors, warnings = counts.get("error", 0), counts.get("warning", 0)
    documents, held = plan.count("planned"), plan.count("held")
    found = f"{plural(errors, 'error')}, {plural(warnings, 'warning')}"
    word = styled("Ready", "green") if outcome.exit_code == 0 else styled("Not ready", "red")
    awaiting = plan.count_awaiting()
    undescribed = f", {awaiting:,} of them without a description" if awaiting else ""
    already = f", {held:,} held already" if held else ""
    say(f"{word}: {plural(documents, 'document')}{undescribed}{already}; {found}.")
    if context.quiet:
        return
    _print_next(plan, outcome, groups, request, fixed)


def _ending_of_table(outcome: "CheckOutcome") -> str | None:
    """The ending of the one table that corrections can be written into; None where there is none."""
    from archive.formats.descriptions.reading import TABLE_SUFFIXES

    endings = [os.path.splitext(name)[1] for _, name in outcome.tables[:1]]
    return endings[0] if endings and endings[0].lower() in TABLE_SUFFIXES else None


def _print_next(
    plan: "Plan",
    outcome: "CheckOutcome",
    groups: list[FindingGroup],
    request: "IngestRequest",
    fixed: "Fixed | None",
) -> None:
    checked = submission_given(request, request.metadata)
    certain = sum(group.corrected for group in groups)
    undescribed = plan.count_awaiting() > 0 or any(group.code == "PAIR-UNDESCRIBED" for group in groups)
    if fixed is not None:
        next_step(f"archive check {submission_given(request, str(fixed.file))}")
    elif undescribed and not outcome.tables:
        sources = sources_given(request.sources, request.exclude)
        next_step(f"archive template {sources} --output metadata.ods makes a spreadsheet to fill in")
    elif certain and (ending := _ending_of_table(outcome)):
        corrections = plural(certain, "certain correction")
        rest = f"archive ingest {checked} takes it as it is" if outcome.exit_code == 0 else "mend the others"
        next_step(f"archive check {checked} --fix mended{ending} makes {corrections}; {rest}")
    elif outcome.exit_code == 0:
        next_step(f"archive ingest {checked}")
    else:
        next_step("mend what is named, then give the same command again")
