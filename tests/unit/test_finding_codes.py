"""The registry of findings, the code that emits them and docs/findings.md say the same.

`UPDATE_GOLDEN=1` writes the page anew from the registry.
"""

import ast
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from archive.core.finding_codes import FINDING_CODES, GROUPS
from archive.core.findings import Severity
from archive.core.glossary import NOT_USED
from archive.core.ledger.ledger_findings import SEVERITIES, LedgerCode

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "archive"
PAGE = ROOT / "docs" / "findings.md"
CODE = re.compile("[A-Z][A-Z0-9]*(-[A-Z0-9]+)+")
BEGIN_OF_CODE = re.compile("[A-Z]{2,}-([A-Z0-9]+-)*")
# Names of digests and encodings have the same shape.
NOT_CODES = re.compile("SHA-?[0-9]+(-[0-9]+)?|UTF-[0-9]+|ISO-[0-9-]+|MD-?5|CC-[A-Z0-9-]+")

INTRODUCTION = """\
# Findings

Whatever is found is said in one form: a code, a severity, a place, a sentence, and where it helps the two
facts that differ and what to do (`schemas/finding.schema.json`). A code is published: it keeps its meaning
and is never given to anything else. `archive help CODE` prints an entry.

**error**: a rule is broken; the thing is refused, invalid or damaged. **warning**: accepted, but somebody
should look. **note**: a fact worth knowing. The table has the usual severity; a rule that an older version of
a standard did not have may weigh less.

The same text is in `archive/core/finding_codes`, and a test keeps the two equal.
"""


@cache
def emitted() -> dict[str, set[str]]:
    """Each code in the package's source, with the places where it stands."""
    found: dict[str, set[str]] = defaultdict(set)
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and is_code(node.value):
                found[node.value].add(f"{path}:{node.lineno}")
    return dict(found)


@cache
def severities() -> dict[str, set[Severity]]:
    """Each code that is given to `error`, `warning` or `note` directly, with these."""
    found: dict[str, set[Severity]] = defaultdict(set)
    for _, tree in sources():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
            first = node.args[0]
            if name in set(Severity) and isinstance(first, ast.Constant) and is_code(str(first.value)):
                found[str(first.value)].add(Severity(str(name)))
    return dict(found)


def sources() -> Iterator[tuple[str, ast.Module]]:
    """The package's modules but the registry itself."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.parent.name != "finding_codes":
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))


def is_code(text: str) -> bool:
    """True for a text of the shape of a code that names no digest or encoding."""
    return CODE.fullmatch(text) is not None and NOT_CODES.fullmatch(text) is None


def rendered() -> str:
    """docs/findings.md as the registry gives it."""
    parts = [INTRODUCTION]
    for heading, codes in GROUPS.items():
        parts.append(
            f"\n## {heading}\n\n| code | usually | what it means | what to do |\n| --- | --- | --- | --- |\n"
        )
        parts += [
            f"| `{code}` | {known.severity.value} | {known.meaning} | {known.remedy} |\n"
            for code, known in codes.items()
        ]
    return "".join(parts)


def test_every_code_that_the_package_emits_is_registered() -> None:
    unregistered = {code: sorted(at) for code, at in emitted().items() if code not in FINDING_CODES}
    assert unregistered == {}


def test_every_registered_code_is_emitted() -> None:
    assert sorted(FINDING_CODES.keys() - emitted().keys()) == []


def test_the_source_is_searched_well_enough_to_fail() -> None:
    assert {"FIX-ALTERED", "DESC-DATE-NOT-EDTF", "LEDGER-ROLLBACK"} <= emitted().keys()
    assert severities()["PAIR-TWICE"] == {Severity.ERROR}


def test_no_code_is_put_together_from_pieces() -> None:
    composed = [
        f"{path}:{node.lineno}"
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        and isinstance(node.values[0], ast.Constant)
        and BEGIN_OF_CODE.fullmatch(str(node.values[0].value))
    ]
    assert composed == []


def test_the_usual_severity_is_one_that_the_code_is_emitted_with() -> None:
    wrong = {
        code: found
        for code, found in severities().items()
        if code in FINDING_CODES and FINDING_CODES[code].severity not in found
    }
    assert wrong == {}


def test_findings_of_the_ledger_have_the_severity_that_their_verdict_gives_them() -> None:
    expected = {code.value: SEVERITIES.get(code, Severity.ERROR) for code in LedgerCode}
    assert {code: FINDING_CODES[code].severity for code in expected} == expected


def test_no_code_stands_in_two_groups() -> None:
    assert sum(map(len, GROUPS.values())) == len(FINDING_CODES)


def test_codes_stand_in_alphabetical_order_within_their_group() -> None:
    assert {name: list(codes) for name, codes in GROUPS.items()} == {
        name: sorted(codes) for name, codes in GROUPS.items()
    }


def test_meanings_and_remedies_are_plain_sentences_that_fit_a_table_and_a_terminal() -> None:
    words = "|".join(set(NOT_USED) - {"backup", "object", "record"})
    avoided = re.compile(rf"\b({words})s?\b", re.IGNORECASE)
    for code, known in FINDING_CODES.items():
        for text in (known.meaning, known.remedy):
            assert text.endswith("."), code
            assert not set(text) & set("|\n\t`*<>"), code
            assert not avoided.search(text.replace("ledger log", "")), code


def test_the_page_is_what_the_registry_gives() -> None:
    if os.environ.get("UPDATE_GOLDEN"):
        PAGE.write_text(rendered(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == rendered()
