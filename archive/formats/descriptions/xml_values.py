"""The values that an element states: its text with language and scheme, each of several in a list of RDF's.

What else its attributes say has no place in Dublin Core, and is kept beside the value.
"""

from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

from archive.core.descriptions.dcterms import DATE_TERMS
from archive.formats.descriptions.xml_kept import alone
from archive.formats.descriptions.xml_prose import text_of

RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_LANG: Final = f"{_XML}lang"
_TYPE: Final = f"{_XSI}type"
_RESOURCE: Final = f"{RDF}resource"
_OF_VALUES: Final = frozenset((_LANG, _RESOURCE))
_LISTS: Final = frozenset((f"{RDF}Alt", f"{RDF}Bag", f"{RDF}Seq"))
# Codes and numbers are of no language, whatever is said of the record that they stand in.
_OF_NO_LANGUAGE: Final = DATE_TERMS | {"format", "identifier", "language", "type"}
_OF_DSPACE: Final = frozenset(("element", "qualifier", "schema"))  # what a dcvalue is, not what it says


def language_in(holder: Any) -> str | None:
    """The language in force in an element, stated nearest round what stands in it (XML 1.0 §2.12)."""
    for each in (holder, *holder.iterancestors()):
        if (stated := each.get(_LANG)) is not None:
            return stated or None  # an empty one says that it is not known
    return None


def items_of(element: Any, term: str, language: str | None) -> list[dict[str, str] | str]:
    """The values of an element, which may hold a list of them (RDF 1.1 XML Syntax §2.15; XMP).

    Those of a term in words have the `language` in force, where they state none.
    """
    if not term or term in _OF_NO_LANGUAGE:
        language = None
    if len(element) == 0 and not element.attrib:  # nearly always
        text = element.text or ""
        return [{"value": text, "lang": language} if language else text]
    members = _members(element)
    if members is None:
        return [_item(element, element, language)]
    return [_item(member, element, language) for member in members]


def _members(element: Any) -> list[Any] | None:
    """The members of the list that an element holds, and nothing else; None where it holds none."""
    inner = [child for child in element if isinstance(child.tag, str)]
    if len(inner) != 1 or inner[0].tag not in _LISTS or (element.text or inner[0].tail or "").strip():
        return None
    return [member for member in inner[0] if isinstance(member.tag, str)]


def scheme_of(element: Any) -> tuple[str | None, bool]:
    """The scheme of an element's values; true where it stands in an attribute type without `xsi:`."""
    scheme = element.get(_TYPE)
    if scheme is None and (unqualified := element.get("type")):
        return unqualified, True
    return scheme, False


def said_beside(element: Any) -> dict[str, str]:
    """What an element says beside its values.

    Attributes that state neither language nor scheme, by names that begin with @; the whole as `xml` where
    it holds elements, but for a list of plain values.
    """
    if len(element) == 0 and not element.attrib:  # nearly always
        return {}
    _, taken = scheme_of(element)
    own = _own(element, taken=taken)
    said = {f"@{name}": text for name, text in attributes(element) if name not in own}
    if not _is_told_whole(element):
        said["xml"] = alone(element)
    return said


def _is_told_whole(element: Any) -> bool:
    """True where no element stands in it, or a list whose members state what a value can have."""
    members = _members(element)
    if members is None:
        return not any(isinstance(child.tag, str) for child in element)
    return all(len(member) == 0 and _OF_VALUES.issuperset(member.attrib) for member in members)


def attributes(element: Any) -> Iterator[tuple[str, str]]:
    """The attributes by their names as written, without those that belong to XML, XML Schema and RDF."""
    prefixes: dict[str, str] | None = None
    for name, text in element.attrib.items():
        if not name.startswith("{"):
            yield name, text
        elif not name.startswith((_XML, _XSI, RDF)):
            space, _, local = name[1:].partition("}")
            if prefixes is None:  # lxml gathers them anew each time
                prefixes = {uri: each for each, uri in reversed(element.nsmap.items()) if each}
            yield f"{prefixes.get(space, space)}:{local}", text


def _own(element: Any, *, taken: bool) -> frozenset[str]:
    own = frozenset(("language", "type") if taken else ("language",))
    return own | _OF_DSPACE if etree.QName(element).localname == "dcvalue" else own


def _item(element: Any, outer: Any, language: str | None) -> dict[str, str] | str:
    text = text_of(element)
    uri = element.get(_RESOURCE)
    if not text.strip() and uri:
        text, language = uri, None
    about = {"lang": _language(element, outer, language), "scheme": scheme_of(outer)[0], "uri": uri}
    stated = {key: part for key, part in about.items() if part and part.strip()}
    return {"value": text, **stated} if stated else text


def _language(element: Any, outer: Any, otherwise: str | None) -> str | None:
    stated = element.get(_LANG)
    if stated is None:
        stated = outer.get(_LANG) or outer.get("language")
    return otherwise if stated is None else stated
