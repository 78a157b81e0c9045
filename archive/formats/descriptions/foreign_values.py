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
# What an API says of every value alike: how it keeps it, and nothing of the document.
_OF_THE_SYSTEM: Final = frozenset(
    ("type", "property_id", "property_label", "place", "confidence", "authority", "is_public")
)


class Read(NamedTuple):
    """What an object says as a value of ours; `whole` tells that nothing else of it was to be kept."""

    value: dict[str, str]
    member: str
    whole: bool


def read_value(item: dict[str, Any]) -> Read | None:
    """The value that another system's object states; None for one of ours, or where no words are found."""
    if item.keys() <= _OURS:
        return None
    used = {name: item[name] for name in (*_LANGUAGES, *_IRIS) if _is_text(item.get(name))}
    iri = next((used[name] for name in _IRIS if name in used), None)
    member = next((name for name in (*_TEXTS, *_IRIS) if _is_text(item.get(name))), None)
    if member is None:
        return None
    value = {"value": str(item[member])}
    if lang := next((used[name] for name in _LANGUAGES if name in used), None):
        value["lang"] = lang
    if "@type" in item and member == "@value" and _is_text(item["@type"]):
        value["scheme"] = item["@type"]
        used["@type"] = item["@type"]
    elif _is_text(item.get("scheme")):
        value["scheme"] = used["scheme"] = item["scheme"]
    if iri is not None and "://" in iri:
        value["uri"] = iri
    left = item.keys() - used.keys() - {member}
    return Read(value, member, all(_says_nothing(name, item[name]) for name in left))


def _is_text(content: Any) -> bool:
    return type(content) is str and bool(content.strip())


def _says_nothing(name: str, content: Any) -> bool:
    """True for what is empty, and for how a system keeps each of its values."""
    if content is None or content in ("", [], {}):
        return True
    return name in _OF_THE_SYSTEM and not (name == "is_public" and content is False) and name != "authority"
