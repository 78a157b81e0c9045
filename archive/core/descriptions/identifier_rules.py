"""What is said of the identifiers in a description: those that do not hold, those that are oddly written."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from archive.core.descriptions.dcterms import REFINES
from archive.core.descriptions.description import Value
from archive.core.descriptions.identifiers import Judged, judge_identifier
from archive.core.findings import At, Finding, note, warning
from archive.core.limits.output import QUOTED
from archive.core.text import printable

WRONG: Final = "DESC-IDENTIFIER-WRONG"
SPELLING: Final = "DESC-IDENTIFIER-SPELLING"
_IDENTIFIER: Final = "identifier"
# Where identifiers stand, and where they may stand among other texts.
IDENTIFYING: Final = frozenset(
    (_IDENTIFIER, "source", "relation", *(term for term, element in REFINES.items() if element == "relation"))
)
# What judge_identifier could recognise begins so; anything else is settled by this alone.
_CANDIDATE = re.compile(
    r"\s*(?:https?://|urn:|doi|is[bs]n|orcid|hdl|handle|ark:|uuid|10\.[0-9]|97[89][- \u2010-\u2014]"
    r"|[0-9a-f]{4}[0-9a-f\u2010-\u2014-])",
    re.IGNORECASE,
)

Report = Callable[[str, str, At], Finding]


def doubtful_identifiers(term: str, values: Sequence[Value]) -> Iterator[tuple[int, Report]]:
    """The index of each value that is doubtful, and what makes the finding of its text, place and spot."""
    for index, (text, _, scheme, _) in enumerate(values):
        if scheme is None and _CANDIDATE.match(text) is None:
            continue
        judged = judge_identifier(text, scheme)
        if judged is None:
            continue
        if judged.problem is not None and (term == _IDENTIFIER or _fails_its_check(judged)):
            yield index, partial(_wrong, judged)
        elif judged.problem is None and judged.spelt is not None:
            yield index, partial(_spelling, judged)


def _fails_its_check(judged: Judged) -> bool:
    """True where the form is there and only its check fails: among other texts a label alone means little."""
    return judged.problem is not None and "check" in judged.problem


def _wrong(judged: Judged, text: str, place: str, at: At) -> Finding:
    return warning(
        WRONG,
        place,
        f"“{printable(text[:QUOTED])}” {judged.problem}",
        at=at,
        expected=f"a valid {judged.scheme}",
        found=text,
        remedy=f"write {judged.spelt}" if judged.spelt else "compare it with where it was copied from",
        corrected=judged.spelt,
    )


def _spelling(judged: Judged, text: str, place: str, at: At) -> Finding:
    return note(
        SPELLING,
        place,
        f"“{printable(text[:QUOTED])}” is a valid {judged.scheme}, usually written otherwise",
        at=at,
        expected=judged.spelt,
        found=text,
        remedy=f"write {judged.spelt}",
        corrected=judged.spelt,
    )
