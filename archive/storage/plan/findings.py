"""What the preflight and the staging found, and what was left out."""

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from archive.core.finding_groups import FindingGroups
from archive.core.findings import Finding, Severity, note
from archive.core.limits.output import PREFLIGHT_FINDINGS
from archive.core.text import printable
from archive.storage.plan.rows import path_bytes, path_text


class PlanFindings:
    """Findings by the document that they refuse, and names that were left out.

    Of each code PREFLIGHT_FINDINGS are kept, and beyond them those with a certain correction and the first
    error of each refused document. All of them are counted, in `groups` too.
    """

    db: sqlite3.Connection
    groups: FindingGroups
    _kept: Counter[str]
    _beyond: dict[str, tuple[int, str]]

    def add_finding(self, finding: Finding, source: str | None = None) -> None:
        """Counts a finding, and keeps it where there is room for its code; an error with a `source` says that
        the document of that path is refused."""
        self.groups.add(finding)
        key = None if source is None else path_bytes(source)
        is_error = finding.severity is Severity.ERROR
        if self._kept[finding.code] < PREFLIGHT_FINDINGS:
            self._kept[finding.code] += 1
        elif finding.corrected is None and not (is_error and key is not None and not self._is_refused(key)):
            count, place = self._beyond.get(finding.code, (0, finding.at.file or finding.place))
            self._beyond[finding.code] = (count + 1, place)
            return
        self.db.execute(
            "INSERT INTO findings VALUES (?, ?, ?)", (key, is_error, json.dumps(finding.to_json()))
        )

    def _is_refused(self, source: bytes) -> bool:
        query = "SELECT 1 FROM findings WHERE source = ? AND error LIMIT 1"
        return self.db.execute(query, (source,)).fetchone() is not None

    @property
    def findings_beyond(self) -> int:
        """How many findings were only counted."""
        return sum(count for count, _ in self._beyond.values())

    def _more(self) -> Iterator[Finding]:
        """For each code of which some were only counted: how many."""
        for code, (count, place) in self._beyond.items():
            yield note(
                "SRC-FINDINGS-MORE",
                place,
                f"{count:,} more findings {code} are counted, and not told one by one",
                remedy="mend those that are told, then look again; if most rows are wrong, see whether it is"
                " the right table",
            )

    def findings_json(self) -> Iterator[dict[str, Any]]:
        """The findings that refuse no single document, as JSON documents, in the order they were made."""
        query = (
            "SELECT finding FROM findings WHERE source IS NULL OR source NOT IN"
            " (SELECT source FROM findings WHERE error AND source IS NOT NULL) ORDER BY rowid"
        )
        for (finding,) in self.db.execute(query):
            yield json.loads(finding)
        yield from (finding.to_json() for finding in self._more())

    def all_findings(self) -> Iterator[dict[str, Any]]:
        """Every finding as a JSON document, in the order they were made."""
        for (finding,) in self.db.execute("SELECT finding FROM findings ORDER BY rowid"):
            yield json.loads(finding)
        yield from (finding.to_json() for finding in self._more())

    def severities(self) -> dict[str, int]:
        """How many findings there are of each severity."""
        counted: Counter[str] = Counter()
        for group in self.groups:
            counted[group.severity] += group.count
        return dict(counted)

    def corrected_findings(self, codes: Collection[str] = ()) -> int:
        """How many findings have a corrected value; of these codes, or of all."""
        return sum(group.corrected for group in self.groups if not codes or group.code in codes)

    def rejected(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Each refused document with everything found about it."""
        query = "SELECT DISTINCT source FROM findings WHERE error AND source IS NOT NULL ORDER BY source"
        for (source,) in self.db.execute(query).fetchall():
            rows = self.db.execute("SELECT finding FROM findings WHERE source = ? ORDER BY rowid", (source,))
            yield path_text(source), [json.loads(finding) for (finding,) in rows]

    def count_rejected(self) -> int:
        """How many documents are refused."""
        query = "SELECT count(DISTINCT source) FROM findings WHERE error AND source IS NOT NULL"
        counted: int = self.db.execute(query).fetchone()[0]
        return counted

    def error_codes(self) -> set[str]:
        """The codes of all error findings."""
        return {group.code for group in self.groups if group.severity == Severity.ERROR}

    def count_differing(self) -> int:
        """How many held documents came with another description, or with tag files that are not held."""
        query = "SELECT count(*) FROM documents WHERE state = 'held' AND differs != ''"
        counted: int = self.db.execute(query).fetchone()[0]
        return counted

    def errors(self) -> int:
        """How many error findings there are in all."""
        return self.severities().get(Severity.ERROR, 0)

    def leave_out(self, source: str, why: str) -> None:
        """Notes what is not taken in, and why; names in the words may be any bytes."""
        self.db.execute("INSERT INTO left_out VALUES (?, ?)", (path_bytes(source), printable(why)))

    def left_out(self) -> Iterator[tuple[str, str]]:
        """What is not taken in, in order."""
        for source, why in self.db.execute("SELECT source, why FROM left_out ORDER BY source"):
            yield path_text(source), why
