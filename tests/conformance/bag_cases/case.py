"""One case: a law of BagIt, a bag that shows it, and what two validators make of that bag."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from tests.conformance.bag_cases.bag import Bag


class Opinion(StrEnum):
    """What bagit-python does with a bag."""

    VALID = "valid"
    INVALID = "invalid"  # it refuses the bag by an error of its own
    CRASHES = "crashes"  # an exception that is none of its own comes out of `validate`
    HANGS = "hangs"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A bag and the judgement on it.

    `law` is a sentence; `errors` and `warnings` are all codes of that severity that must be found, and no
    others may be. `bagit` is what bagit-python 1.9.0 does, and `why` argues our judgement: always where the
    two differ. `folder` is the name of the bag's folder. `root_reads_it` marks cases that a superuser cannot
    show, because every file is readable to one.
    """

    law: str
    clause: str
    bag: Callable[[], Bag]
    verdict: str = "valid"
    errors: frozenset[str] = frozenset()
    warnings: frozenset[str] = frozenset()
    bagit: Opinion = Opinion.VALID
    why: str = ""
    folder: str = "bag"
    root_reads_it: bool = False
    slow: bool = False

    @property
    def name(self) -> str:
        """The law as the name of a test."""
        return "".join(char if char.isalnum() and char.isascii() else "_" for char in self.law)[:100]

    @property
    def differs(self) -> bool:
        """True where bagit-python accepts what we refuse, refuses what we accept, or does not answer."""
        if self.bagit is Opinion.NOT_ASKED:
            return False
        if self.bagit in {Opinion.CRASHES, Opinion.HANGS}:
            return True
        return (self.bagit is Opinion.VALID) != (self.verdict == "valid")


def case(
    law: str,
    clause: str,
    bag: Callable[[], Bag],
    verdict: str = "valid",
    *,
    errors: str = "",
    warnings: str = "",
    bagit: Opinion = Opinion.VALID,
    why: str = "",
    folder: str = "bag",
    root_reads_it: bool = False,
    slow: bool = False,
) -> Case:
    """A case; `clause` without the name of the RFC, codes as a list with blanks between them."""
    return Case(
        law=law,
        clause=f"RFC 8493 {clause}",
        bag=bag,
        verdict=verdict,
        errors=frozenset(errors.split()),
        warnings=frozenset(warnings.split()),
        bagit=bagit,
        why=why,
        folder=folder,
        root_reads_it=root_reads_it,
        slow=slow,
    )


class Chapter(NamedTuple):
    """The cases of one matter."""

    title: str
    cases: tuple[Case, ...]
