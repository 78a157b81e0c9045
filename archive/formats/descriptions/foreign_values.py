"""Values that other systems write as objects: JSON-LD's `@value`, DSpace's `language`, a person's `name`."""

from typing import Any, Final, NamedTuple

_OURS: Final = frozenset(("value", "lang", "scheme", "uri"))
# Where the words of a value are, most telling first.
_TEXTS: Final = (
    "@value",
    "value",
    "name",
    "displayName",
    "prefLabel",
    "label",
    "o:label",
    "rdfs:label",
    "title",
    "displayDate",
    "text",
    "#text",
    "id",
)
_LANGUAGES: Final = ("lang", "language", "@language", "@lang")
_IRIS: Final = ("uri", "@id", "valueURI")
_WHOLE: Final = ("info:", "tag:", "urn:")
# What an API says of every value alike: how it keeps it, and nothing of the document. A place of DSpace is a
# number, that of a publisher a name; a type is one of Omeka S beside what Omeka S alone writes.
_NUMBERS: Final = frozenset(("place", "confidence"))
_OF_OMEKA: Final = frozenset(("type", "property_id", "property_label", "is_public"))
_MARKS_OF_OMEKA: Final = frozenset(("property_id", "@value"))


class Read(NamedTuple):
    """What an object says as a value of ours; `whole` tells that nothing else of it was to be kept."""

    value: dict[str, str]
    member: str
    whole: bool


def read_value(item: dict[str, Any]) -> Read | None:
    """The value that another system's object states; None for one of ours, or where no words are found."""
    if item.keys() <= _OURS:
        return None
    member = next((name for name in (*_TEXTS, *_IRIS) if _is_text(item.get(name))), None)
    if member is None:
        return None
    value = {"value": str(item[member])}
    used = {member}
    for part, names in (("lang", _LANGUAGES), ("uri", _IRIS), ("scheme", _schemes(member))):
        stated = next((item[name] for name in names if _is_text(item.get(name))), None)
        if stated is not None and (part != "uri" or _is_whole_iri(stated)):
            value[part] = stated
            used.update(name for name in names if item.get(name) == stated)
    left = item.keys() - used
    return Read(value, member, all(_says_nothing(name, item) for name in left))


def _is_whole_iri(text: str) -> bool:
    """True where no context is needed to know what it names, as for `ex:thing` and `#7`."""
    return "://" in text or text.lower().startswith(_WHOLE)


def _schemes(member: str) -> tuple[str, ...]:
    return ("@type", "scheme") if member == "@value" else ("scheme",)


def _is_text(content: Any) -> bool:
    return type(content) is str and bool(content.strip())


def _says_nothing(name: str, item: dict[str, Any]) -> bool:
    """True for a member that is empty, and for how a system keeps each of its values."""
    content = item[name]
    if content is None or content in ("", [], {}):
        return True
    if name in _NUMBERS:
        return type(content) is int
    if name == "is_public" and content is not True:
        return False
    return name in _OF_OMEKA and not _MARKS_OF_OMEKA.isdisjoint(item)
