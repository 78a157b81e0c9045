"""The findings of one record, bounded: what refuses it is never pushed out by what does not."""

from archive.core.descriptions.description_rules import too_many
from archive.core.findings import Finding, Severity
from archive.core.limits.output import FINDINGS


class BoundedFindings:
    """Keeps FINDINGS errors of a record and as many warnings and notes; says once that there were more.

    `place` is the record as a person would name it.
    """

    __slots__ = ("_errors", "_others", "_place", "kept")

    def __init__(self, place: str) -> None:
        self.kept: list[Finding] = []
        self._place = place
        self._errors = 0
        self._others = 0

    def add(self, finding: Finding) -> None:
        """Keeps the finding, where there is room for one of its kind."""
        if finding.severity is not Severity.ERROR:
            if self.has_room():
                self._others += 1
                self.kept.append(finding)
            return
        self._errors += 1
        if self._errors <= FINDINGS:
            self.kept.append(finding)
        elif self._errors == FINDINGS + 1:
            self.kept.append(too_many(self._place))

    @property
    def is_refused_at_length(self) -> bool:
        """True once the record is refused, and nobody reads what else is wrong with it."""
        return self._errors > FINDINGS

    def has_room(self) -> bool:
        """False once no further warning or note is kept; to be asked before one that is dear to make."""
        if self._others == FINDINGS:
            self._others += 1
            self.kept.append(too_many(self._place))
        return self._others < FINDINGS
