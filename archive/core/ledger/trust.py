"""On whose word a verdict rests: the closed set of bases, and the one sentence that says it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

_DAY: Final = len("2026-11-21")


class TrustBasis(StrEnum):
    """On whose word the verdict about a ledger rests, the weakest first."""

    NONE = "none"  # the evidence does not hold, or could not be read
    SELF = "self"  # consistent with itself, by the key that its own archive.toml names
    KEY = "key"  # the same, by the key that the asker brought
    CHECKPOINT = "checkpoint"  # extends the checkpoint that the asker brought
    WITNESS = "witness"  # extends what a witness cosigned, whose key the asker brought
    STATEMENT = "statement"  # extends what an auditor's signed statement names, whose key the asker brought
    TIMESTAMP = "timestamp"  # extends what a time-stamping authority stamped, whose root the asker brought


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """The basis with the facts of its sentence.

    `size` is how many entries it covers; `until` the time up to which: of the last entry that a supplied
    checkpoint covers, of the witness's signature, of the timestamp. `by` names witnesses, authorities or
    auditors.
    `key` is the verifier key that was verified with, `key_supplied` whether the asker brought it.
    """

    basis: TrustBasis
    until: str | None = None
    size: int | None = None
    by: tuple[str, ...] = ()
    key: str = ""
    key_supplied: bool = False

    @property
    def statement(self) -> str:
        """What stands in the first line of a verdict; without a mark at its end."""
        signed = "; signed by the key that you supplied" if self.key_supplied else ""
        match self.basis:
            case TrustBasis.NONE:
                return "none: the evidence does not hold, or could not be read"
            case TrustBasis.SELF | TrustBasis.KEY:
                return f"consistent with itself only{signed}"
            case TrustBasis.CHECKPOINT:
                return f"proven against the checkpoint of {self._reach()} that you supplied{signed}"
            case TrustBasis.WITNESS:
                return f"witnessed up to {self._reach()}{self._by()}, unprotected since{signed}"
            case TrustBasis.STATEMENT:
                return f"stated up to {self._reach()}{self._by()}, unprotected since{signed}"
            case TrustBasis.TIMESTAMP:
                return f"time-stamped up to {self._reach()}{self._by()}, unprotected since{signed}"

    def to_json(self) -> dict[str, Any]:
        """The member `trust` of a report."""
        return {
            "basis": self.basis.value,
            "statement": self.statement,
            "until": self.until,
            "size": self.size,
            "by": list(self.by),
            "key": self.key,
            "key_supplied": self.key_supplied,
        }

    def _reach(self) -> str:
        """The day, and how many entries that covers."""
        size = self.size or 0
        entries = f"{size:,} {'entry' if size == 1 else 'entries'}"
        return f"{self.until[:_DAY]} ({entries})" if self.until else entries

    def _by(self) -> str:
        return f" by {', '.join(self.by)}" if self.by else ""
