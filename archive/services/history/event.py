"""One line of a history."""

from dataclasses import dataclass, field
from typing import Any

from archive.core.agents import Agent, AgentKind
from archive.core.events import EventType
from archive.core.ledger.entries import EntryType
from archive.core.text import lossless

# What the vocabulary has no term for (the making of an archive, another program) has none here either.
PREMIS_TYPES = {
    EntryType.INGESTION: EventType.INGESTION,
    EntryType.RUN_CLOSED: EventType.INGESTION,
    EntryType.DESCRIPTION_CHANGED: EventType.METADATA_MODIFICATION,
    EntryType.WITHDRAWAL: EventType.DEACCESSION,
    EntryType.DISPOSAL: EventType.DELETION,
    EntryType.AUDIT_STARTED: EventType.FIXITY_CHECK,
    EntryType.AUDIT_FINISHED: EventType.FIXITY_CHECK,
    EntryType.REPAIRED: EventType.RECOVERY,
    EntryType.SETTINGS_CHANGED: EventType.POLICY_ASSIGNMENT,
    EntryType.COPY_STARTED: EventType.REPLICATION,
    EntryType.COPIED: EventType.REPLICATION,
    EntryType.COPY_AUDIT_STARTED: EventType.FIXITY_CHECK,
    EntryType.COPY_AUDITED: EventType.FIXITY_CHECK,
}


@dataclass(frozen=True, slots=True)
class NamedAgent:
    """Whoever acted: `name` is None where nothing that is kept says it."""

    id: str
    kind: AgentKind
    name: str | None = None
    version: str | None = None

    @classmethod
    def of(cls, agent: Agent) -> "NamedAgent":
        """The same agent, named."""
        return cls(agent.id, agent.kind, agent.name, agent.version)

    def to_json(self) -> dict[str, Any]:
        """The agent in a report."""
        return {"id": self.id, "kind": self.kind.value, "name": self.name, "version": self.version}


@dataclass(slots=True, kw_only=True)
class Event:
    """What happened, from the entry `index` or from several of one run, the last of them `last`.

    `count` is how many documents it concerns, `bag` and `reference` the one where it is one.
    """

    index: int
    last: int
    time: str
    type: str
    text: str
    count: int = 0
    run: str | None = None
    bag: str | None = None
    reference: str | None = None
    outcome: str | None = None
    reason: str | None = None
    authority: str | None = None
    agents: list[NamedAgent] = field(default_factory=list)

    @property
    def event_type(self) -> EventType | None:
        """The term of the PREMIS vocabulary, where it has one."""
        return PREMIS_TYPES.get(EntryType(self.type)) if self.type in set(EntryType) else None

    def to_json(self) -> dict[str, Any]:
        """The event in a history report."""
        premis = self.event_type
        return {
            "index": self.index,
            "last": self.last,
            "count": self.count,
            "time": self.time,
            "type": self.type,
            "event_type": premis.value if premis else None,
            "run": self.run,
            "bag": self.bag,
            "reference": lossless(self.reference),
            "text": lossless(self.text),
            "outcome": self.outcome,
            "reason": self.reason,
            "authority": self.authority,
            "agents": [agent.to_json() for agent in self.agents],
        }
