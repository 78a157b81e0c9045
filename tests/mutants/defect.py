"""A defect: a single change that a careless hand could make, and the tests that should see it."""

from typing import NamedTuple


class Defect(NamedTuple):
    """One text replaced by another in one file, and where the tests are that have to fail.

    `before` stands exactly once in its file (a test of the ordinary suite checks it). A defect that no test
    sees is a missing test.
    """

    name: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]
