"""The survey of a submission, written as a page."""

from pathlib import Path
from typing import Any

from archive.core.finding_groups import FindingGroup
from archive.core.ledger import entries
from archive.formats.pages.survey import survey_page
from archive.services.check.counts import check_counts
from archive.services.check.preflight_alone import CheckOutcome
from archive.services.check.surveying import survey
from archive.services.surroundings import Surroundings
from archive.storage.disk.new_files import new_file
from archive.storage.plan import Plan


def write_survey_page(
    plan: Plan,
    outcome: CheckOutcome,
    groups: list[FindingGroup],
    target: Path,
    surroundings: Surroundings,
) -> dict[str, Any]:
    """Surveys the submission and writes the page to a new file; returns the survey as the report has it."""
    document = survey(plan, outcome, surroundings.progress).to_json()
    pieces = survey_page(
        document,
        groups,
        sources=[source.path for source in outcome.sources],
        counts=check_counts(plan),
        made=entries.timestamp(surroundings.now()),
    )
    with new_file(target) as out:
        out.writelines(piece.encode("utf-8", "backslashreplace") for piece in pieces)
    return document
