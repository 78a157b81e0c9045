"""The self-assessment as one HTML document."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from archive.formats.pages.style import HEADED, STYLE, VERDICTS
from archive.formats.pages.templates import page_pieces

_TEMPLATE: Final = "assessment/page.html.jinja"
ASSESSMENT_STYLE: Final = (
    STYLE
    + HEADED
    + VERDICTS
    + """
table.matrix td, table.matrix th { padding: .5rem .6rem; border: 1px solid var(--line); vertical-align: top }
table.matrix td { width: 20% } table.matrix small { display: block; color: var(--soft) }
article { margin: 1.4rem 0 0; padding-top: .9rem; border-top: 1px solid var(--line) }
article ul.asked { list-style: none; padding: 0 } article ul.asked > li { margin: .7rem 0 }
article ul.asked p { margin: .15rem 0 } ul.proof { margin: .2rem 0; font-size: .93em }
@media print { table.matrix { font-size: 9pt } }
"""
)
_TONES: Final = {
    "met": ("good", "check", "Met"),
    "not met": ("bad", "cross", "Not met"),
    "unknown": ("unsure", "question", "Cannot be known from here"),
}


def assessment_page(report: Mapping[str, Any]) -> Iterator[str]:
    """The page of a document under schemas/assessment-report.schema.json, in pieces of about 64 KiB.

    Every value is escaped as HTML; a verdict has a mark and a word beside its colour. A function of its
    argument, and nothing that a browser would fetch or run.
    """
    cells = report["cells"]
    said = [cell["verdict"] for cell in cells]
    return page_pieces(
        _TEMPLATE,
        ASSESSMENT_STYLE,
        report=report,
        rows=[(area, [cell for cell in cells if cell["area"] == area["id"]]) for area in report["areas"]],
        spelled=_TONES,
        count={verdict: said.count(verdict) for verdict in _TONES},
        numbered=list(enumerate(report["framework"]["levels"], 1)),
    )
