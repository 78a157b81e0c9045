"""What several tests need stands in a module of its own: no test is read for the sake of another."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent.parent


def imported(source: str) -> Iterator[str]:
    """The modules that a module names in its imports, and the names that it takes from them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module or ''}.{name.name}" for name in node.names)


def of_tests(source: str) -> list[str]:
    return [name for name in imported(source) if any(part.startswith("test_") for part in name.split("."))]


def test_no_test_imports_another() -> None:
    found = {path.name: of_tests(path.read_text()) for path in TESTS.rglob("test_*.py")}
    assert {name: taken for name, taken in found.items() if taken} == {}


def test_a_test_that_imports_another_is_seen() -> None:
    for line in ("from tests.unit.test_index import words", "from tests.unit import test_index as rows"):
        assert len(of_tests(line)) == 1
    assert of_tests("import tests.unit.test_index\nfrom tests import archives") == ["tests.unit.test_index"]
