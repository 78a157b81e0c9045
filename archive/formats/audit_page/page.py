"""The page of an audit, written piece by piece: it does not grow in memory with the number of bags."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from archive.core.quantities import byte_size
from archive.core.text import printable
from archive.formats.audit_page import verdicts, wording
from archive.formats.audit_page.look import AUDIT_STYLE
from archive.formats.page_style import content_policy
from archive.formats.page_values import moment, plain

if TYPE_CHECKING:
    from jinja2 import Template

PIECE_CHARACTERS: Final = 1 << 16
_TEMPLATE: Final = "audit_page.html.jinja"
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
    pieces: list[str] = []
    length = 0
    for piece in _template().generate(report=report, bags=bags, archive=archive, facts=_facts(report)):
        pieces.append(piece)
        length += len(piece)
        if length >= PIECE_CHARACTERS:
            yield "".join(pieces)
            pieces.clear()
            length = 0
    if pieces:
        yield "".join(pieces)


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


def _shown(value: Any) -> Any:
    """What the template prints: every text without controls, before it is escaped as HTML."""
    if hasattr(value, "__html__") or (type(value) is str and value.isprintable()):
        return value
    return printable(plain(value))


def _place(finding: Mapping[str, Any]) -> str:
    """The place of a finding, with row, column and field where they are known."""
    at = finding.get("at", {})
    parts = [plain(finding["place"])]
    parts += [f"{name} {plain(at[name])}" for name in ("line", "column", "field") if name in at]
    return ", ".join(parts)


@lru_cache(maxsize=1)
def _template() -> "Template":
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(
        style=Markup(AUDIT_STYLE),  # noqa: S704  # a constant of this package
        policy=content_policy(AUDIT_STYLE),
        verdicts=verdicts,
    )
    environment.filters.update(moment=moment, size=byte_size, place=_place, number=lambda count: f"{count:,}")
    text = resources.files(__package__).joinpath(_TEMPLATE).read_text(encoding="utf-8")
    return environment.from_string(text)
