"""What a run of `archive restore` did, before anybody renders it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from archive.core.findings import Finding
from archive.core.text import lossless


class KeyAtHand(StrEnum):
    """What the signing key of the archive can do with what came back."""

    READY = "ready"  # it is on this machine, and may sign
    AWAY = "away"  # it is not on this machine
    AHEAD = "ahead"  # it, or whoever kept a checkpoint, knows of more than came back


@dataclass(slots=True, kw_only=True)
class RestoreCounts:
    """Documents by what became of them: `held` by the ledger, `whole`, `damaged`, `missing` in the archive.

    `withdrawn` lie in quarantine/ and are not held. `files` and `bytes` are of the bags written now.
    """

    held: int = 0
    whole: int = 0
    damaged: int = 0
    missing: int = 0
    withdrawn: int = 0
    written: int = 0
    files: int = 0
    bytes: int = 0


@dataclass(slots=True, kw_only=True)
class RestoreReport:
    """`size` and `root` are of the ledger that came back, `signed_later` the largest known to be signed."""

    to: str
    copies: tuple[str, ...]
    archive: str
    name: str
    size: int
    root: str
    signed_later: int
    key: str
    key_at_hand: KeyAtHand
    counts: RestoreCounts = field(default_factory=RestoreCounts)
    findings: list[Finding] = field(default_factory=list)

    def add(self, *found: Finding) -> None:
        """Takes in findings."""
        self.findings += found

    def head(self) -> dict[str, Any]:
        """The members of the JSON report before the documents."""
        return {
            "kind": "restore-report",
            "version": 1,
            "to": lossless(self.to),
            "copies": [lossless(one) for one in self.copies],
            "archive": self.archive,
            "name": lossless(self.name),
            "ledger": {"size": self.size, "root": self.root, "signed_later": self.signed_later},
            "key": self.key,
            "key_at_hand": self.key_at_hand.value,
        }

    def tail(self) -> dict[str, Any]:
        """The members behind the documents."""
        counts = self.counts
        return {
            "findings": _json(self.findings),
            "counts": {
                "held": counts.held,
                "whole": counts.whole,
                "damaged": counts.damaged,
                "missing": counts.missing,
                "withdrawn": counts.withdrawn,
                "written": counts.written,
                "files": counts.files,
                "bytes": counts.bytes,
            },
        }


def _json(found: Iterable[Finding]) -> list[dict[str, Any]]:
    return [one.to_json() for one in found]
