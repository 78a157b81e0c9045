"""What is told to people who are not there: one summary for each recorded audit or repair.

It has no title, name or path of a document: mails lie about, and the reader has the archive.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from archive.core.text import printable


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One run as it is told: `event` is `audit` or `repair`, `documents` (reference, state, known since)."""

    event: str
    outcome: str
    run: str | None
    time: str
    archive: str
    name: str
    trouble: bool
    counts: Mapping[str, int]
    documents: Sequence[tuple[str, str, str | None]] = ()
    more: int = 0
    notes: Sequence[str] = ()
    next_step: str = ""

    @property
    def subject(self) -> str:
        """One line of plain text, without anything that could forge a header."""
        found = ", ".join(f"{count:,} {name}" for name, count in self.counts.items() if count)
        line = f"[{self.name or self.archive}] {self.event}: {self.outcome}" + (
            f" ({found})" if found else ""
        )
        return printable(line)[:200]

    def text(self) -> str:
        """The body of a mail."""
        lines = [
            f"Archive   {self.name or self.archive}",
            f"What      {self.event}, run {self.run or 'not recorded'}",
            f"When      {self.time}",
            f"Outcome   {self.outcome}",
        ]
        lines += [f"          {count:,} {name}" for name, count in self.counts.items() if count]
        if self.documents:
            lines += ["", "Documents:"]
            lines += [
                f"  {reference}  {state}" + (f"  (known since {since[:10]})" if since else "")
                for reference, state, since in self.documents
            ]
        if self.more:
            lines.append(f"  and {self.more:,} more")
        if self.notes:
            lines += ["", *self.notes]
        if self.next_step:
            lines += ["", f"Next: {self.next_step}"]
        return "\n".join(map(printable, lines)) + "\n"

    def to_json(self) -> dict[str, Any]:
        """What a webhook is sent; `text` is there for services that show nothing else."""
        return {
            "kind": "notification",
            "version": 1,
            "event": self.event,
            "outcome": self.outcome,
            "trouble": self.trouble,
            "run": self.run,
            "time": self.time,
            "archive": self.archive,
            "name": printable(self.name),
            "counts": dict(self.counts),
            "documents": [
                {"reference": printable(reference), "state": state, "known_since": since}
                for reference, state, since in self.documents
            ],
            "more": self.more,
            "text": self.subject,
        }
