"""docs/bagit.md: where bagit-python and this program judge a bag differently, clause by clause."""

from collections import defaultdict

from tests.conformance.bag_cases import CASES, CHAPTERS
from tests.conformance.bag_cases.case import Case, Opinion

_INTRODUCTION = """\
# BagIt: where validators differ

`archive verify` judges bags by RFC 8493 and by what the drafts 0.93 to 0.97 said otherwise. Its own cases of
BagIt stand in `tests/conformance/bag_cases`: {cases} bags built in code, each with a law, its clause, the
verdict and the codes of everything that must be found and nothing else. The tests also ask
[bagit-python](https://github.com/LibraryOfCongress/bagit-python) {version}, the most used validator, about
{asked} of them (not about those made to cost time or memory, or that only a user without privileges can
show), and compare its answer with the one that is written down here.

The two agree on {agreed} and differ on {differing}: {accepts} bags that it accepts and that are refused here,
{refuses} that it refuses and that are accepted here, {crashes} over which it ends in an exception that is no
judgement, {hangs} over which it never ends. A bag that is incomplete or cannot be verified counts as refused.

This page is made from the cases; a test keeps it equal to them, and them to what bagit-python does.
"""


def rendered(version: str) -> str:
    """The page as the cases give it."""
    differing = [case for case in CASES if case.differs]
    asked = sum(case.bagit is not Opinion.NOT_ASKED for case in CASES)
    answers = [case for case in differing if case.bagit in {Opinion.VALID, Opinion.INVALID}]
    accepts = sum(case.bagit is Opinion.VALID for case in answers)
    parts = [
        _INTRODUCTION.format(
            cases=len(CASES),
            version=version,
            asked=asked,
            agreed=asked - len(differing),
            differing=len(differing),
            accepts=accepts,
            refuses=len(answers) - accepts,
            crashes=sum(case.bagit is Opinion.CRASHES for case in differing),
            hangs=sum(case.bagit is Opinion.HANGS for case in differing),
        )
    ]
    clauses: dict[str, list[Case]] = defaultdict(list)
    for case in differing:
        clauses[case.clause].append(case)
    parts += [_section(clause, clauses[clause]) for clause in sorted(clauses)]
    parts.append(_counts())
    return "".join(parts)


def _section(clause: str, cases: list[Case]) -> str:
    rows = "".join(
        f"| {_cell(case.law)} | {case.verdict} | {case.bagit.value} | {_cell(case.why)} |\n" for case in cases
    )
    return f"\n## {clause}\n\n| law | here | bagit-python | why |\n| --- | --- | --- | --- |\n{rows}"


def _counts() -> str:
    rows = "".join(
        f"| {chapter.title} | {len(chapter.cases)} | {sum(case.differs for case in chapter.cases)} |\n"
        for chapter in CHAPTERS
    )
    return f"\n## The cases\n\n| about | cases | differing |\n| --- | --- | --- |\n{rows}"


def _cell(text: str) -> str:
    """The text as a cell of a table."""
    return text.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_")
