"""What a framework is made of, and the closed set of what can be said about a criterion."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.core.assessment.evidence import Evidence


class Verdict(StrEnum):
    """What the evidence says of a criterion; of a cell, the least of what it says of its criteria."""

    MET = "met"
    NOT_MET = "not met"
    UNKNOWN = "unknown"  # nothing that is kept here can say; somebody may declare it


class Basis(StrEnum):
    """What a verdict rests on."""

    EVIDENCE = "evidence"  # counted from ledger, results and bags
    DECLARED = "declared"  # the keeper's word in archive.toml, in part or in full
    NONE = "none"  # nothing


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict with its reasons: `proof` says what shows it, `missing` what is needed and how to get it.

    `proof` names commands, files and entries, so that somebody else can look.
    """

    verdict: Verdict
    proof: tuple[str, ...] = ()
    missing: str = ""
    basis: Basis = Basis.EVIDENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One thing that a framework asks for, in our own words; `id` is `<area>-<level><letter>`."""

    id: str
    area: str
    level: int
    asks: str
    judge: "Callable[[Evidence], Answer]"

    @property
    def cell(self) -> str:
        """The id of its cell: `storage-1`."""
        return f"{self.area}-{self.level}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """A table of areas and levels; `levels` are their names, the first being level 1.

    `source` says who published it.
    """

    id: str
    name: str
    version: str
    source: str
    areas: tuple[tuple[str, str], ...]
    levels: tuple[str, ...]
    criteria: tuple[Criterion, ...]
