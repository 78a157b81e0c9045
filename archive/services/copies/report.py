"""What a run of `archive copy` did, before anybody renders it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from archive.core.copies import CopyOutcome, CopyPlace
from archive.core.findings import Finding
from archive.core.text import lossless


@dataclass(slots=True, kw_only=True)
class CopyCounts:
    """Documents by what became of them; `files` and `bytes` are of the bags written now, tag files included.

    `held` is what the ledger holds, `present` what of it lies on the copy, `planned` what was to be written,
    `written` what was written and read back, `replaced` how many of these took another's place; `failed` are
    documents that the archive did not give whole. `set_aside` and `destroyed` were moved to the copy's
    quarantine and destroyed there, `kept_disposed` should be and are not.
    """

    held: int = 0
    present: int = 0
    planned: int = 0
    written: int = 0
    replaced: int = 0
    failed: int = 0
    set_aside: int = 0
    destroyed: int = 0
    kept_disposed: int = 0
    files: int = 0
    bytes: int = 0
    beside: int = 0

    def to_json(self) -> dict[str, int]:
        """The counts in a report."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(slots=True, kw_only=True)
class CopyReport:
    """One run. `size` and `root` are of the ledger up to which the copy is whole, 0 and empty where none."""

    run: str
    place: CopyPlace
    dry_run: bool
    is_new: bool
    started: str
    finished: str = ""
    outcome: CopyOutcome = CopyOutcome.INTERRUPTED
    size: int = 0
    root: str = ""
    before: int = 0
    recorded: bool = False
    to_write: int = 0
    counts: CopyCounts = field(default_factory=CopyCounts)
    findings: list[Finding] = field(default_factory=list)
    copies: dict[int, int] = field(default_factory=dict)

    def add(self, *found: Finding) -> None:
        """Adds findings that are not about one document; what is said already is left out."""
        self.findings = sorted(dict.fromkeys((*self.findings, *found)), key=Finding.sort_key)

    def head(self) -> dict[str, Any]:
        """The members of the JSON document before its array of documents."""
        return {
            "kind": "copy-report",
            "version": 1,
            "run": self.run,
            "outcome": self.outcome.value,
            "dry_run": self.dry_run,
            "recorded": self.recorded,
            "place": {name: lossless(value) for name, value in self.place.to_json().items()},
            "new": self.is_new,
            "started": self.started,
            "finished": self.finished,
            "ledger": {"before": self.before, "size": self.size, "root": self.root or None},
        }

    def tail(self) -> dict[str, Any]:
        """The members behind it."""
        return {
            "findings": [finding.to_json() for finding in self.findings],
            "copies": copies_json(self.copies),
            "bytes_to_write": self.to_write,
            "counts": self.counts.to_json(),
        }


def copies_json(good: dict[int, int]) -> list[dict[str, int]]:
    """How many held documents have how many good copies, the archive's own among them."""
    return [{"good": count, "documents": good[count]} for count in sorted(good)]


def has_errors(found: Iterable[Finding]) -> bool:
    """True where one of them is an error."""
    return any(finding.severity.value == "error" for finding in found)
