"""The measured section of docs/performance.md: every figure in it comes from a run."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.claims import Report, claims_of
from benchmarks.table import Table

OPENING, CLOSING = "<!-- results -->", "<!-- /results -->"


class PageError(Exception):
    """The page has no place for results: not one opening mark followed by one closing mark."""


def section(reports: Sequence[Report], summary: str) -> str:
    """The results as Markdown: what was measured where, the claims, then each table."""
    claims = [(claim.name, claim.figure, claim.aim, f"**{claim.verdict}**") for claim in claims_of(reports)]
    parts = [
        summary,
        _markdown(("claim", "measured (lowest to highest round)", "target", ""), claims, left=4),
    ]
    parts += [_table(table) for report in reports for table in report.tables]
    return "\n\n".join(parts)


def _table(table: Table) -> str:
    """One comparison with its heading; columns that no row fills are left out."""
    cells = table.cells()
    used = [index for index in range(len(table.header)) if any(row[index] for row in cells)]
    header = [table.header[index] for index in used]
    rows = [[row[index] for index in used] for row in cells]
    where = f"Runs write to {table.surroundings.file_system}; {table.rounds}."
    return f"**{table.title}.** {where}\n\n{_markdown(header, rows, left=2)}"


def _markdown(header: Sequence[str], rows: Sequence[Sequence[str]], *, left: int) -> str:
    """A table whose columns from the `left`-th on are numbers."""
    rule = ["---" if index < left else "---:" for index in range(len(header))]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in (header, rule, *rows))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def replaced(page: str, results: str) -> str:
    """The page with new results between its marks; raises PageError where a mark is not there once."""
    before, opening, rest = page.partition(OPENING)
    _, closing, after = rest.partition(CLOSING)
    if not (opening and closing) or OPENING in rest or CLOSING in before + after:
        raise PageError(f"needs {OPENING} and after it {CLOSING}, once each")
    return f"{before}{OPENING}\n\n{results}\n\n{CLOSING}{after}"


def write_results(path: Path, reports: Sequence[Report], summary: str) -> None:
    """Replaces the section in the page; raises PageError, and OSError where it cannot be read or written."""
    page = path.read_text(encoding="utf-8")
    path.write_text(replaced(page, section(reports, summary)), encoding="utf-8")
