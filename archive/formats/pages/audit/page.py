"""The page of an audit, written piece by piece: it does not grow in memory with the number of bags."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from archive.formats.pages.audit import verdicts, wording
from archive.formats.pages.audit.look import AUDIT_STYLE
from archive.formats.pages.templates import page_pieces
from archive.formats.pages.values import plain

_TEMPLATE: Final = "audit/page.html.jinja"
_SHOWN_SCOPE: Final = frozenset({"held", "selected", "checked", "mode", "seed"})


def audit_page(
    report: Mapping[str, Any], bags: Iterable[Mapping[str, Any]], *, archive: Mapping[str, str]
) -> Iterator[str]:
    """The page as one complete HTML document, in pieces of about 64 KiB.

    `report` is a document under `schemas/audit-report.schema.json` whose `bags` come separately, one at a
    time; `archive` has its name, institution, origin and key (a C2SP verifier key). Beyond what the schema
    asks for the page shows, where they are there, `oldest_check`, `interrupted`, `not_recorded`, `copy`,
    `agents` (names), `path` of a bag, and further members of `policy` and `scope`. Every value is escaped as
    HTML, and what could turn text round or forge a line is shown as its escape. A function of its arguments:
    no clock, and nothing that a browser would fetch or run.
    """
    return page_pieces(
        _TEMPLATE,
        AUDIT_STYLE,
        report=report,
        bags=bags,
        archive=archive,
        facts=_facts(report),
        verdicts=verdicts,
    )


def _facts(report: Mapping[str, Any]) -> dict[str, Any]:
    """What the template says that stands in the report only as numbers and codes."""
    basis, meaning = wording.trust(report)
    policy = {name: value for name, value in report["policy"].items() if name != "every_days"}
    scope = {name: value for name, value in report["scope"].items() if name not in _SHOWN_SCOPE}
    return {
        "headline": wording.headline(report["outcome"]),
        "lead": wording.lead(report),
        "basis": basis,
        "meaning": meaning,
        "promise": wording.promise(report),
        "course": wording.course(report),
        "choice": wording.choice(report),
        "terms": sorted(policy.items()) + sorted(scope.items()),
        "proves": wording.proves(report),
        "cannot": wording.cannot_prove(report),
        "recorded": wording.recorded(report),
        "note": plain(report["checkpoint"]).rstrip("\n").split("\n"),
    }
