"""What the entries of the ledger say of a period: sums, counts, and the few that are told one by one."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from archive.core.ledger.entries import Entry, EntryType
from archive.core.limits.output import PERIOD_AGENTS, PERIOD_ENTRIES
from archive.core.period import Period
from archive.core.promises import has_read
from archive.services.opened import SOFTWARE_NAME

_COPIES: Final = frozenset({EntryType.COPIED, EntryType.COPY_AUDITED})
_PROGRAM: Final = f"{SOFTWARE_NAME}-"
_KEYS: Final = frozenset({EntryType.KEY_CHANGED, EntryType.KEY_REPLACED})


@dataclass(slots=True)
class Amount:
    """Documents, their files and bytes."""

    documents: int = 0
    files: int = 0
    bytes: int = 0

    def add(self, entry: Entry, sign: int = 1) -> None:
        """Adds what an entry is about, or takes it away."""
        self.documents += sign
        self.files += sign * number(entry.get("files"))
        self.bytes += sign * number(entry.get("bytes"))

    def plus(self, other: "Amount", sign: int = 1) -> "Amount":
        """The sum, or the difference."""
        return Amount(
            self.documents + sign * other.documents,
            self.files + sign * other.files,
            self.bytes + sign * other.bytes,
        )

    def to_json(self) -> dict[str, int]:
        """The amount in a report."""
        return {"documents": self.documents, "files": self.files, "bytes": self.bytes}


@dataclass(slots=True)
class Stretch:
    """What came and went within one month or year."""

    name: str
    added: Amount = field(default_factory=Amount)
    removed: Amount = field(default_factory=Amount)


@dataclass(slots=True)
class CopyTold:
    """What the period's entries say of one copy."""

    runs: int = 0
    audits: int = 0
    last: str = ""
    last_outcome: str = ""
    audited: str = ""
    audit_outcome: str = ""


class LedgerTally:
    """Takes the entries in their order; memory grows with months, agents and audits, not with documents.

    Entries behind the period count for nothing. What lies before it gives the opening balance.
    """

    def __init__(self, period: Period) -> None:
        self.period = period
        self.opening = Amount()
        self.stretches = {key: Stretch(name) for key, name in period.stretches()}
        self.disposed = 0
        self.described = 0
        self.created = ""
        self.audits: Counter[tuple[str, str]] = Counter()
        self.audit_days: set[str] = set()
        self.adverse_audits: list[tuple[int, Entry]] = []
        self.settings: list[tuple[int, Entry]] = []
        self.keys: list[tuple[int, Entry]] = []
        self.software: list[tuple[int, Entry]] = []
        self.copies: dict[str, CopyTold] = {}
        self.copy_days: set[str] = set()
        self.repairs: Counter[str] = Counter()
        self.agents: Counter[tuple[str, str]] = Counter()
        self.first_sight: dict[str, Entry] = {}
        self.entries = 0
        self.unnamed = 0
        self._modes: dict[str | None, str] = {}

    def take(self, index: int, entry: Entry) -> bool:
        """Takes the next entry; False where it lies behind the period."""
        if entry.time >= self.period.ends:
            return False
        is_within = entry.time >= self.period.begins
        self._take_holdings(entry, is_within=is_within)
        if entry.type == EntryType.ARCHIVE_CREATED:
            self.created = entry.time
        elif entry.type == EntryType.SETTINGS_CHANGED:
            self._take_settings(index, entry, is_within=is_within)
        elif entry.type == EntryType.AUDIT_STARTED:
            self._modes[entry.run] = str(entry.get("mode"))
        if is_within:
            self._take_work(index, entry)
            self._take_agents(entry)
        return True

    def _take_holdings(self, entry: Entry, *, is_within: bool) -> None:
        if entry.type not in (EntryType.INGESTION, EntryType.WITHDRAWAL):
            return
        is_added = entry.type == EntryType.INGESTION
        if not is_within:
            self.opening.add(entry, 1 if is_added else -1)
            return
        # The grammar of entries lets a month 13 through, which no calendar has.
        stretch = self.stretches.get(self.period.stretch_of(entry.time))
        if stretch is not None:
            (stretch.added if is_added else stretch.removed).add(entry)

    def _take_settings(self, index: int, entry: Entry, *, is_within: bool) -> None:
        """Those of the period, and the last one before it: what the first change in it changed."""
        if not is_within:
            self.settings = [(index, entry)]
        elif len(self.settings) <= PERIOD_ENTRIES:
            self.settings.append((index, entry))

    def _take_work(self, index: int, entry: Entry) -> None:
        if entry.type == EntryType.DESCRIPTION_CHANGED:
            self.described += 1
        elif entry.type == EntryType.DISPOSAL:
            self.disposed += 1
        elif entry.type == EntryType.AUDIT_FINISHED:
            self._take_audit(index, entry)
        elif entry.type in _COPIES:
            self._take_copy(entry)
        elif entry.type in _KEYS and len(self.keys) < PERIOD_ENTRIES:
            self.keys.append((index, entry))
        elif entry.type == EntryType.SOFTWARE_CHANGED and len(self.software) < PERIOD_ENTRIES:
            self.software.append((index, entry))
        elif entry.type == EntryType.REPAIRED:
            self.repairs[str(entry.get("outcome"))] += 1

    def _take_audit(self, index: int, entry: Entry) -> None:
        mode = self._modes.get(entry.run, "unknown")
        if entry.get("interrupted") is not True:  # it will not be taken up again
            self._modes.pop(entry.run, None)
        outcome = str(entry.get("outcome"))
        self.audits[mode, outcome] += 1
        if mode != "ids" and has_read(entry.members):
            self.audit_days.add(entry.time[:10])
        if outcome != "intact" and len(self.adverse_audits) < PERIOD_ENTRIES:
            self.adverse_audits.append((index, entry))

    def _take_copy(self, entry: Entry) -> None:
        told = self.copies.setdefault(str(entry.get("copy")), CopyTold())
        outcome = str(entry.get("outcome"))
        if entry.type == EntryType.COPIED:
            told.runs, told.last, told.last_outcome = told.runs + 1, entry.time, outcome
            self.copy_days.add(entry.time[:10])
        else:
            told.audits, told.audited, told.audit_outcome = told.audits + 1, entry.time, outcome

    def _take_agents(self, entry: Entry) -> None:
        self.entries += 1
        programs = sum(agent.startswith(_PROGRAM) for agent in entry.agents)
        self.unnamed += not programs or programs == len(entry.agents)
        for agent in entry.agents:
            if agent not in self.first_sight:
                if len(self.first_sight) >= PERIOD_AGENTS:
                    continue
                self.first_sight[agent] = entry
            self.agents[agent, entry.type] += 1


def number(value: Any) -> int:
    """A count as an entry states it; 0 where it does not."""
    return value if type(value) is int and value >= 0 else 0
