"""What a description says, as properties of an RO-Crate entity, and the entities that these name.

Sources: RO-Crate 1.2, whose context is that of schema.org; DCMI Metadata Terms of 2020-01-20. A term whose
meaning no property there has stands under its own IRI, by an addition to the context. Languages of values
are left to the description itself: RO-Crate 1.2 says nothing of `@language`, and its readers know none.
"""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from archive.core.descriptions.dcterms import DCTERMS_NAMESPACE
from archive.core.descriptions.description import Description, Value
from archive.core.schema_formats import FORMATS

# Dublin Core terms by the property of schema.org that says the same.
_TEXTS: Final[Mapping[str, str]] = {
    "alternative": "alternateName",
    "description": "description",
    "abstract": "description",
    "language": "inLanguage",
    "subject": "keywords",
    "rights": "copyrightNotice",
    "accessRights": "conditionsOfAccess",
    "identifier": "identifier",
    "spatial": "spatialCoverage",
    "temporal": "temporalCoverage",
    "isPartOf": "isPartOf",
    "bibliographicCitation": "creditText",
}
# Properties that hold a date of ISO 8601-1 and nothing else; what is none stands under the term itself.
# `date` is any moment in the life of the document: no property of schema.org says that.
_DATES: Final[Mapping[str, str | None]] = {
    "date": None,
    "created": "dateCreated",
    "issued": "datePublished",
    "modified": "dateModified",
}
_ISO_8601: Final = re.compile(
    r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01])"
    r"(?:T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-][01]\d:[0-5]\d)?)?)?)?",
    re.ASCII,
)
_BODIES: Final[Mapping[str, str]] = {
    "creator": "creator",
    "contributor": "contributor",
    "publisher": "publisher",
    "rightsHolder": "copyrightHolder",
}
_ADDRESS: Final = re.compile("https?://|urn:", re.IGNORECASE)  # a colon alone is in many a name
_WHO: Final = ("Person", "Organization")  # which of the two a description does not say


class NamedEntity(NamedTuple):
    """An entity that stands for itself: its @id, what it is, what it is called."""

    id: str
    types: tuple[str, ...]
    name: str


class CrateTerms:
    """The properties of one description: `properties` by name, the `entities` they point to.

    `context` are the terms that the context of RO-Crate lacks, with their IRIs.
    """

    __slots__ = ("_terms", "context", "entities", "properties")

    def __init__(self, description: Description) -> None:
        self.properties: dict[str, list[Any]] = {}
        self.entities: list[NamedEntity] = []
        self.context: dict[str, str] = {}
        self._terms = description.terms
        for value in self._terms.get("title", ())[1:]:
            self._say("alternateName", value.value)
        for term, name in _TEXTS.items():
            for value in self._terms.get(term, ()):
                self._say(name, value.value)
        self._say_dates()
        self._point_out()

    def _say_dates(self) -> None:
        for term, name in _DATES.items():
            for value in self._terms.get(term, ()):
                if name and _ISO_8601.fullmatch(value.value):
                    self._say(name, value.value)
                else:
                    self.context[term] = DCTERMS_NAMESPACE + term
                    self._say(term, value.value)

    def _point_out(self) -> None:
        for term, name in _BODIES.items():
            for value in self._terms.get(term, ()):
                identifier = _iri(value) or local_id("agent", value.value)
                self._point(name, NamedEntity(identifier, _WHO, value.value))
        for value in self._terms.get("license", ()):
            if iri := _iri(value):
                self._point("license", NamedEntity(iri, ("CreativeWork",), value.value))
            else:
                self._say("license", value.value)
        for value in self._terms.get("conformsTo", ()):
            if iri := _iri(value):
                self._point("conformsTo", NamedEntity(iri, ("Standard",), value.value))

    def _say(self, name: str, said: Any) -> None:
        known = self.properties.setdefault(name, [])
        if said not in known:
            known.append(said)

    def _point(self, name: str, entity: NamedEntity) -> None:
        self.entities.append(entity)
        self._say(name, {"@id": entity.id})


def local_id(kind: str, name: str) -> str:
    """The @id of something that has no address (`#agent-Ana`), and that nothing of another kind has."""
    return f"#{kind}-{quote(name, safe='')}"


def _iri(value: Value) -> str | None:
    """The address that a value stands for, or is."""
    texts = (text for text in (value.uri, value.value) if text)
    return next((text for text in texts if _ADDRESS.match(text) and FORMATS["iri"](text)), None)
