"""W3C PROV of one document: which files it is, what was done to them, when, and by whom.

The document is an entity, each description of it a specialization, each file an entity that it has as a
member; events of its PREMIS are activities. Nothing is said that PREMIS does not say.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from archive.core.agents import AgentKind
from archive.core.events import EVENT_TYPES, EventType
from archive.formats.exchange.record import ExchangedDocument

_TYPES: Final = {
    AgentKind.PERSON: "prov:Person",
    AgentKind.ORGANIZATION: "prov:Organization",
    AgentKind.SOFTWARE: "prov:SoftwareAgent",
}
_EVENTS: Final = {event.value: event.uri.removeprefix(EVENT_TYPES) for event in EventType}


class Name(NamedTuple):
    """A qualified name as a value: `prov:Person`."""

    text: str


class Time(NamedTuple):
    """A time as a value (xsd:dateTime)."""

    text: str


AttributeValue = str | int | Name | Time
Attributes = tuple[tuple[str, AttributeValue], ...]


class Element(NamedTuple):
    """An entity, activity or agent; of an activity `time` is when it began and ended."""

    kind: str
    id: str
    attributes: Attributes
    time: str = ""


class Relation(NamedTuple):
    """A relation between two elements, in the order of its arguments in PROV-DM; `time` where it has one."""

    kind: str
    first: str
    second: str
    time: str = ""
    attributes: Attributes = ()


class Provenance(NamedTuple):
    """The whole: prefixes with their namespaces, elements, relations."""

    prefixes: Mapping[str, str]
    elements: tuple[Element, ...]
    relations: tuple[Relation, ...]


def provenance(document: ExchangedDocument) -> Provenance:
    """What the bag of a document tells, as PROV."""
    whole = "doc:document"
    elements = [
        Element(
            "entity",
            whole,
            (
                ("prov:label", document.title),
                ("prov:type", Name("prov:Collection")),
                ("dcterms:identifier", document.reference),
                ("dcterms:identifier", document.urn),
            ),
        )
    ]
    relations: list[Relation] = []
    for number, file in enumerate(document.files, start=1):
        name = f"doc:file-{number}"
        facts: list[tuple[str, AttributeValue]] = [
            ("prov:label", _text(file.name)),
            ("premis:messageDigestAlgorithm", "SHA-512"),
            ("premis:messageDigest", file.sha512),
        ]
        if file.bytes is not None:
            facts.append(("premis:size", file.bytes))
        facts += [("premis:formatRegistryKey", puid) for puid in dict.fromkeys(file.puids)]
        elements.append(Element("entity", name, tuple(facts)))
        relations.append(Relation("hadMember", whole, name))
    known: dict[str, str] = {}
    for number, agent in enumerate(document.agents, start=1):
        known[agent.id] = f"doc:agent-{number}"
        named: list[tuple[str, AttributeValue]] = [
            ("prov:label", agent.name),
            ("prov:type", Name(_TYPES[agent.kind])),
            ("dcterms:identifier", agent.id),
        ]
        if agent.version:
            named.append(("premis:agentVersion", agent.version))
        elements.append(Element("agent", known[agent.id], tuple(named)))
    descriptions = 0
    for number, event in enumerate(document.events, start=1):
        name = f"doc:event-{number}"
        elements.append(_activity(name, event.type, event.time, event.outcome, event.details, event.id))
        relations += [
            Relation("wasAssociatedWith", name, known[agent], "", (("prov:role", role),) if role else ())
            for agent, role in event.agents
            if agent in known
        ]
        if event.type == EventType.INGESTION:
            relations.append(Relation("wasGeneratedBy", whole, name, event.time))
        elif event.type == EventType.METADATA_MODIFICATION:
            descriptions += 1
            changed = f"doc:description-{descriptions + 1}"
            label = f"description {descriptions + 1} of {document.title}"
            elements.append(Element("entity", changed, (("prov:label", label),)))
            relations.append(Relation("specializationOf", changed, whole))
            relations.append(Relation("wasGeneratedBy", changed, name, event.time))
        else:
            relations.append(Relation("used", name, whole, event.time))
    prefixes = {
        "doc": f"{document.urn}#",
        "dcterms": "http://purl.org/dc/terms/",
        "premis": "http://www.loc.gov/premis/rdf/v3/",
        "eventType": EVENT_TYPES,
    }
    return Provenance(prefixes, tuple(elements), tuple(relations))


def _activity(
    name: str, kind: str, time: str, outcome: str | None, details: tuple[str, ...], event: str
) -> Element:
    facts: list[tuple[str, AttributeValue]] = [("prov:label", kind), ("dcterms:identifier", event)]
    if code := _EVENTS.get(kind):
        facts.append(("prov:type", Name(f"eventType:{code}")))
    if outcome:
        facts.append(("premis:outcome", outcome))
    facts += [("premis:note", detail) for detail in details]
    return Element("activity", name, tuple(facts), time)


def _text(name: str) -> str:
    """A file's name as text; bytes that are not UTF-8 show as U+FFFD."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
