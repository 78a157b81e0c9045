"""Every error that stops a command says what to do about it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import archive
from archive.core import errors

PACKAGE = Path(archive.__file__).parent
# Within an audit a finding, whose code has a remedy.
STOPPING = {
    name
    for name, found in vars(errors).items()
    if isinstance(found, type) and issubclass(found, errors.ArchiveError) and found is not errors.ArchiveError
} - {"BagFormatError"}


def without_remedy(text: str) -> Iterator[int]:
    """The lines at which an error is made that says neither a remedy nor findings, which bring their own."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in STOPPING:
            given = {keyword.arg for keyword in node.keywords}
            if not given & {"remedy", "findings", None}:
                yield node.lineno


def test_every_error_names_a_remedy() -> None:
    missing = [
        f"{module.relative_to(PACKAGE)}:{line}"
        for module in sorted(PACKAGE.rglob("*.py"))
        for line in without_remedy(module.read_text(encoding="utf-8"))
    ]

    assert missing == []


def test_an_error_without_a_remedy_is_seen() -> None:
    text = 'raise ConflictError("taken")\nraise ConflictError("taken", remedy="name another")\n'

    assert list(without_remedy(text)) == [1]
