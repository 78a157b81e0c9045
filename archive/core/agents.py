"""Who or what did something: the people, bodies and programs that events name."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_VOCABULARY: Final = "http://id.loc.gov/vocabulary/preservation/agentType/"


class AgentKind(StrEnum):
    """The words of id.loc.gov/vocabulary/preservation/agentType."""

    PERSON = "person"
    ORGANIZATION = "organization"
    SOFTWARE = "software"

    @property
    def uri(self) -> str:
        """The term's IRI, which PREMIS writes as valueURI."""
        return _VOCABULARY + _CODES[self]


_CODES: Final = {AgentKind.PERSON: "per", AgentKind.ORGANIZATION: "org", AgentKind.SOFTWARE: "sof"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """One agent; `id` is unique in its archive, `version` belongs to software."""

    id: str
    name: str
    kind: AgentKind
    version: str | None = None
