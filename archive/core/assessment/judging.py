"""A framework held against the evidence, with what the keeper declared in its place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archive.core.assessment.evidence import Evidence
from archive.core.assessment.model import Answer, Basis, Criterion, Framework, Verdict
from archive.core.text import printable


@dataclass(frozen=True, slots=True)
class JudgedCriterion:
    """A criterion and what came of it."""

    criterion: Criterion
    answer: Answer

    def to_json(self) -> dict[str, Any]:
        """The criterion as a member of a report."""
        answer = self.answer
        return {
            "id": self.criterion.id,
            "asks": self.criterion.asks,
            "verdict": answer.verdict.value,
            "basis": answer.basis.value,
            "proof": list(answer.proof),
            "missing": answer.missing or None,
        }


@dataclass(frozen=True, slots=True)
class JudgedCell:
    """A cell of the table: not met where one criterion is not, else unknown where one is."""

    area: str
    level: int
    criteria: tuple[JudgedCriterion, ...]

    @property
    def id(self) -> str:
        """`storage-1`."""
        return f"{self.area}-{self.level}"

    @property
    def verdict(self) -> Verdict:
        """The least of what is said of its criteria."""
        said = {each.answer.verdict for each in self.criteria}
        for verdict in (Verdict.NOT_MET, Verdict.UNKNOWN):
            if verdict in said:
                return verdict
        return Verdict.MET

    @property
    def is_declared(self) -> bool:
        """True where a part of it rests on the keeper's word alone."""
        return any(each.answer.basis is Basis.DECLARED for each in self.criteria)

    def to_json(self) -> dict[str, Any]:
        """The cell as a member of a report."""
        return {
            "id": self.id,
            "area": self.area,
            "level": self.level,
            "verdict": self.verdict.value,
            "declared": self.is_declared,
            "criteria": [each.to_json() for each in self.criteria],
        }


@dataclass(frozen=True, slots=True)
class Assessment:
    """Every cell of a framework, area by area; `strange` are declarations of nothing that is in it."""

    framework: Framework
    cells: tuple[JudgedCell, ...]
    strange: tuple[str, ...]

    def reached(self, area: str) -> int:
        """The highest level of an area up to which every cell is met; 0 where the first is not."""
        level = 0
        for cell in self.cells:
            if cell.area == area and cell.verdict is Verdict.MET and cell.level == level + 1:
                level += 1
        return level


def assess(framework: Framework, evidence: Evidence, declared: Mapping[str, str]) -> Assessment:
    """Judges every criterion. A declaration stands only where the evidence can say nothing.

    `declared` has texts by the ids of criteria. What the evidence contradicts stays not met, whatever is
    declared.
    """
    judged: dict[tuple[str, int], list[JudgedCriterion]] = {}
    for criterion in framework.criteria:
        answer = _answer(criterion, evidence, declared.get(criterion.id, "").strip(), framework.id)
        judged.setdefault((criterion.area, criterion.level), []).append(JudgedCriterion(criterion, answer))
    known = {criterion.id for criterion in framework.criteria}
    order = [area for area, _ in framework.areas]
    cells = [
        JudgedCell(area, level, tuple(criteria))
        for (area, level), criteria in sorted(
            judged.items(), key=lambda each: (order.index(each[0][0]), each[0][1])
        )
    ]
    return Assessment(framework, tuple(cells), tuple(sorted(set(declared) - known)))


def _answer(criterion: Criterion, evidence: Evidence, declared: str, framework: str) -> Answer:
    if not evidence.is_proven:
        missing = "the ledger does not hold or could not be read: archive ledger verify says why"
        return Answer(Verdict.UNKNOWN, missing=missing, basis=Basis.NONE)
    if not evidence.held:
        missing = "nothing is held: archive ingest takes documents in"
        return Answer(Verdict.UNKNOWN, missing=missing, basis=Basis.NONE)
    answer = criterion.judge(evidence)
    if answer.verdict is not Verdict.UNKNOWN:
        return answer
    if declared:
        told = f"declared in archive.toml, [declared.{framework}] {criterion.id}: {printable(declared)}"
        return Answer(Verdict.MET, (*answer.proof, told), basis=Basis.DECLARED)
    return answer
