"""The bounds of archive/core/limits, what the package does with them, and docs/limits.md say the same.

`UPDATE_GOLDEN=1` writes the page anew from the modules.
"""

import ast
import os
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest

from archive.core.finding_codes import FINDING_CODES
from archive.core.limits import GIB, KIB, MIB

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "archive"
LIMITS = PACKAGE / "core" / "limits"
PAGE = ROOT / "docs" / "limits.md"

SUBJECTS = (
    "descriptions", "spreadsheets", "values", "documents", "bags", "containers", "ledger", "archives",
    "output", "terminal", "waits",
)  # fmt: skip

# A number with such a name is a bound, and stands with the others.
BOUND = re.compile(
    r"(^|_)(MAX|LIMIT|LONGEST|MOST|TIMEOUT|SHOWN|QUOTED|DEEPEST|DEPTH|LARGEST|BUDGET|ROOM|WAIT|KEPT|SECONDS)(_|$)"
)
# Facts and tuning with such a name, each with its reason.
NO_BOUNDS = {
    "archive/core/ids.py:_MAX_TIME": "48 bits of a UUIDv7 (RFC 9562)",
    "archive/core/bagit_judge/names.py:_LONGEST": "names below it need no closer look",
    "archive/core/bagit_judge/fetch_list.py:_LARGEST": "64 bits",
    "archive/core/sampling.py:AT_MOST": "a share",
    "archive/core/tables/table_damage.py:LONGEST_SHORT": "what counts as a narrow column",
    "archive/formats/exchange/citation.py:_MOST": "the form of a citation",
    "archive/formats/spreadsheet/xlsx_parts.py:_LONGEST_NAME": "what Excel accepts as a sheet's name",
    "archive/formats/pages/document/life_line.py:_YEARS_SHOWN": "what a drawing has room for",
    "archive/services/bagging/survey.py:KEPT_EMPTY": "a file's name",
    "archive/services/second_opinion/bagit_process.py:_LONGEST": "of a process that imports nothing of ours",
    "archive/storage/audits/plan.py:_NO_LIMIT": "none",
    "archive/storage/copies/work.py:_DEEPEST": "where a run puts bags",
    "archive/storage/index/holdings_tables.py:LARGEST_COUNTED": "the form of a minted reference",
    "archive/storage/ledger/folder.py:_MAX_DEPTH": "the depth of C2SP tiles",
    "archive/storage/ledger/ranges.py:_KEPT_TILES": "a cache",
    "archive/storage/disk/open_folders.py:_KEPT_OPEN": "a cache",
    "archive/storage/shelves/folders.py:KEPT_OPEN": "a cache",
}  # fmt: skip

INTRODUCTION = """\
# Limits

Whatever comes from outside may be of any size, so everything that costs memory, time or output has a bound.
All of them stand in one place, `archive/core/limits`, one module for each subject; this page is made of it,
and a test keeps the two equal. Beyond a bound something is refused, cut, counted or no longer waited for, and
the answer says so: nothing is left out silently, and nothing that could not be looked at counts as fine.

Most are far above anything honest. Where one stands in the way, `archive help CODE` says what to do about the
finding; options that move a bound are named with it. Sizes of buffers, batches and pieces are no bounds: no
input is answered differently for them. How much memory and time the commands take within these bounds is
measured in [performance.md](performance.md); what a hostile file meets, in [threats.md](threats.md).
"""


class Bound(NamedTuple):
    """One bound: its name, its value, what it counts, its reason, and what happens when it is met."""

    name: str
    value: float
    what: str
    reason: str
    met: str


@cache
def bounds(subject: str) -> tuple[str, tuple[Bound, ...]]:
    """The first line of a module of limits, and its bounds in the order in which they stand."""
    module = import_module(f"archive.core.limits.{subject}")
    tree = ast.parse((LIMITS / f"{subject}.py").read_text("utf-8"))
    found = []
    for node, follower in zip(tree.body, [*tree.body[1:], None], strict=True):
        if not isinstance(node, ast.AnnAssign):
            continue
        assert isinstance(node.target, ast.Name)
        name = node.target.id
        assert isinstance(follower, ast.Expr), f"{subject}.{name} has no text below it"
        assert isinstance(follower.value, ast.Constant), name
        parts = [" ".join(part.split()) for part in str(follower.value.value).strip().split("\n\n")]
        assert len(parts) == 3, f"{subject}.{name}: what, why and what happens, {len(parts)} found"
        found.append(Bound(name, getattr(module, name), *parts))
    return (ast.get_docstring(tree) or "").split("\n")[0], tuple(found)


def number(bound: Bound) -> str:
    """The value as people read it: bytes in binary units, seconds as they are."""
    value = bound.value
    if bound.what.startswith("bytes ") and value >= KIB:
        for size, unit in ((GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")):
            if value % size == 0:
                return f"{int(value) // size:,} {unit}"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"


def rendered() -> str:
    """docs/limits.md as the modules give it."""
    parts = [INTRODUCTION]
    for subject in SUBJECTS:
        title, found = bounds(subject)
        parts.append(
            f"\n## {subject.capitalize()}\n\n{title}\n\n"
            "| bound | so much | of what | why | when it is met |\n| --- | --- | --- | --- | --- |\n"
        )
        parts += [
            f"| `{each.name}` | {number(each)} | {each.what} | {each.reason} | {each.met} |\n"
            for each in found
        ]
    return "".join(parts)


def numbers() -> Iterator[str]:
    """Each number of a module, outside the limits, that has the name of a bound."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if LIMITS in path.parents:
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            target = (
                node.target if isinstance(node, ast.AnnAssign)
                else node.targets[0] if isinstance(node, ast.Assign)
                else None
            )  # fmt: skip
            if isinstance(target, ast.Name) and BOUND.search(target.id) and _is_number(node):
                yield f"{path.relative_to(ROOT)}:{target.id}"


def _is_number(node: ast.AST) -> bool:
    value = getattr(node, "value", None)
    return isinstance(value, ast.BinOp) or (
        isinstance(value, ast.Constant) and isinstance(value.value, int | float)
    )


def test_every_module_of_limits_is_on_the_page() -> None:
    assert sorted(SUBJECTS) == sorted(path.stem for path in LIMITS.glob("*.py") if path.stem != "__init__")


def test_no_bound_stands_anywhere_else() -> None:
    assert sorted(set(numbers()) - NO_BOUNDS.keys()) == []


def test_every_exception_is_still_there() -> None:
    named = {
        f"{path.relative_to(ROOT)}:{name}"
        for path in PACKAGE.rglob("*.py")
        for name in re.findall(r"^([A-Z_]+)(?:: Final)? = ", path.read_text("utf-8"), re.MULTILINE)
    }
    assert sorted(NO_BOUNDS.keys() - named) == []


def test_every_bound_is_used_where_something_is_decided() -> None:
    source = "\n".join(
        path.read_text("utf-8") for path in PACKAGE.rglob("*.py") if LIMITS not in path.parents
    )
    imported = set(re.findall(r"\b[A-Z][A-Z_]+\b", source))
    within = "\n".join(path.read_text("utf-8") for path in LIMITS.glob("*.py"))
    unused = [
        f"{subject}.{bound.name}"
        for subject in SUBJECTS
        for bound in bounds(subject)[1]
        if bound.name not in imported and len(re.findall(rf"[-+*(] ?{bound.name}\b", within)) == 0
    ]
    assert unused == []


def test_every_finding_that_is_named_exists() -> None:
    for subject in SUBJECTS:
        for bound in bounds(subject)[1]:
            for code in re.findall("`([A-Z]+(?:-[A-Z]+)+)`", bound.met):
                assert code in FINDING_CODES, f"{subject}.{bound.name}: {code}"


@pytest.mark.parametrize("subject", SUBJECTS)
def test_texts_fit_a_table(subject: str) -> None:
    for bound in bounds(subject)[1]:
        for text in (bound.what, bound.reason, bound.met):
            assert not set(text) & set("|<>"), bound.name


def test_the_page_is_what_the_modules_give() -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(rendered(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == rendered()
