"""Suggestions of a template taken into the empty cells that they are for: only where somebody says so."""

from collections.abc import Iterator
from typing import Final

from archive.core.descriptions.description import WHITE_SPACE
from archive.core.tables.correction import Correction
from archive.core.tables.template import SUGGESTED, is_help, is_suggestion
from archive.core.tables.template_row import ALTERNATIVE
from archive.formats.annotation.grid import Grid

CODE: Final = "DESC-DRAFT"


def suggestions_in(grid: Grid) -> Iterator[Correction]:
    """What the empty cells of a template would be filled with; where there are several a person must choose.

    A row without anything in its first cell describes nothing, and a suggestion whose column is not there is
    passed over.
    """
    headings = [heading.strip(WHITE_SPACE).lower() for heading in grid.headings]
    pairs = [
        (index, headings.index(heading[len(SUGGESTED) :].strip()))
        for index, heading in enumerate(headings)
        if is_suggestion(heading) and heading[len(SUGGESTED) :].strip() in headings
    ]
    for number, cells in grid.rows.items():
        if number <= grid.header or not cells or not cells[0].strip(WHITE_SPACE) or is_help(cells[0]):
            continue
        for source, target in pairs:
            suggested = cells[source].strip(WHITE_SPACE) if source < len(cells) else ""
            present = cells[target].strip(WHITE_SPACE) if target < len(cells) else ""
            if suggested and not present and ALTERNATIVE not in suggested:
                yield Correction(CODE, number, target, headings[target], "", suggested)
