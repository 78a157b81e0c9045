"""What the preflight and the staging found, and what was left out."""

import json
import os
import sqlite3
from collections.abc import Collection, Iterator
from typing import Any

from archive.core.findings import Finding, Severity
from archive.storage.plan.rows import path_bytes


class PlanFindings:
    """Findings by the document that they refuse, and names that were left out."""

    db: sqlite3.Connection

    def add_finding(self, finding: Finding, source: str | None = None) -> None:
        """Keeps a finding; an error with a `source` says that the document of that path is refused."""
        key = None if source is None else path_bytes(source)
        is_error = finding.severity is Severity.ERROR
        self.db.execute(
            "INSERT INTO findings VALUES (?, ?, ?)", (key, is_error, json.dumps(finding.to_json()))
        )

    def findings_json(self) -> Iterator[dict[str, Any]]:
        """The findings that refuse no single document, as JSON documents, in the order they were made."""
        query = (
            "SELECT finding FROM findings WHERE source IS NULL OR source NOT IN"
            " (SELECT source FROM findings WHERE error AND source IS NOT NULL) ORDER BY rowid"
        )
        for (finding,) in self.db.execute(query):
            yield json.loads(finding)

    def all_findings(self) -> Iterator[dict[str, Any]]:
        """Every finding as a JSON document, in the order they were made."""
        for (finding,) in self.db.execute("SELECT finding FROM findings ORDER BY rowid"):
            yield json.loads(finding)

    def severities(self) -> dict[str, int]:
        """How many findings there are of each severity."""
        query = "SELECT json_extract(finding, '$.severity'), count(*) FROM findings GROUP BY 1"
        return dict(self.db.execute(query))

    def corrected_findings(self, codes: Collection[str] = ()) -> int:
        """How many findings have a corrected value; of these codes, or of all."""
        chosen = tuple(codes)
        query = "SELECT count(*) FROM findings WHERE json_extract(finding, '$.corrected') IS NOT NULL"
        if chosen:
            query += f" AND json_extract(finding, '$.code') IN ({','.join('?' * len(chosen))})"
        counted: int = self.db.execute(query, chosen).fetchone()[0]
        return counted

    def rejected(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Each refused document with everything found about it."""
        query = "SELECT DISTINCT source FROM findings WHERE error AND source IS NOT NULL ORDER BY source"
        for (source,) in self.db.execute(query).fetchall():
            rows = self.db.execute("SELECT finding FROM findings WHERE source = ? ORDER BY rowid", (source,))
            yield os.fsdecode(source), [json.loads(finding) for (finding,) in rows]

    def count_rejected(self) -> int:
        """How many documents are refused."""
        query = "SELECT count(DISTINCT source) FROM findings WHERE error AND source IS NOT NULL"
        counted: int = self.db.execute(query).fetchone()[0]
        return counted

    def error_codes(self) -> set[str]:
        """The codes of all error findings."""
        query = "SELECT DISTINCT json_extract(finding, '$.code') FROM findings WHERE error"
        return {code for (code,) in self.db.execute(query)}

    def count_differing(self) -> int:
        """How many held documents came with another description."""
        query = "SELECT count(*) FROM documents WHERE state = 'held' AND differs != ''"
        counted: int = self.db.execute(query).fetchone()[0]
        return counted

    def errors(self) -> int:
        """How many error findings there are in all."""
        counted: int = self.db.execute("SELECT count(*) FROM findings WHERE error").fetchone()[0]
        return counted

    def leave_out(self, source: str, why: str) -> None:
        """Notes what is not taken in, and why."""
        self.db.execute("INSERT INTO left_out VALUES (?, ?)", (path_bytes(source), why))

    def left_out(self) -> Iterator[tuple[str, str]]:
        """What is not taken in, in order."""
        for source, why in self.db.execute("SELECT source, why FROM left_out ORDER BY source"):
            yield os.fsdecode(source), why
