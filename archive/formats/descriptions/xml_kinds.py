"""What an XML document without any Dublin Core is, by name, and how its owner gets Dublin Core out of it."""

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from lxml import etree

from archive.core.descriptions.dcterms import DC_NAMESPACE, DCTERMS_NAMESPACE
from archive.core.text import printable
from archive.formats.descriptions.xml_layout import OAI_NAMESPACE

_ASK: Final = "ask the system that made it for oai_dc, or for a table with a column filename"
_STYLESHEET: Final = "convert it with the Library of Congress's stylesheet for Dublin Core, or " + _ASK
_NAMESPACES: Final[Mapping[str, tuple[str, str]]] = {
    "http://datacite.org/schema/kernel-": ("DataCite metadata", _ASK),
    "http://ead3.archivists.org/schema/": ("a finding aid (EAD)", _ASK),
    "http://purl.org/net/xepicur": ("a xepicur record", _ASK),
    "http://www.lido-schema.org": ("LIDO", _ASK),
    "http://www.loc.gov/MARC21/slim": ("MARCXML", _STYLESHEET),
    "http://www.loc.gov/METS/": ("METS without any Dublin Core in it", _ASK),
    "http://www.loc.gov/METS/v2": ("METS without any Dublin Core in it", _ASK),
    "http://www.loc.gov/mods/v3": ("MODS", _STYLESHEET),
    "http://www.loc.gov/premis/v3": ("PREMIS, which describes files and events", _ASK),
    "http://www.tei-c.org/ns/1.0": ("TEI", _ASK),
    "http://www.vraweb.org/vracore4.htm": ("VRA Core", _ASK),
    "http://www.w3.org/1999/xhtml": ("a web page", _ASK),
    "http://www.w3.org/2005/Atom": ("an Atom feed", _ASK),
    "urn:isbn:1-931666-22-9": ("a finding aid (EAD)", _ASK),
}
_NAMES: Final[Mapping[str, tuple[str, str]]] = {  # of elements in no namespace
    "TEI.2": ("TEI", _ASK),
    "ead": ("a finding aid (EAD)", _ASK),
    "html": ("a web page", _ASK),
    "mods": ("MODS", _STYLESHEET),
    "modsCollection": ("MODS", _STYLESHEET),
    "rss": ("an RSS feed", _ASK),
}
FOREIGN: Final = frozenset(_NAMES)
# `https`, a slash too few, another version: a namespace is compared letter by letter.
_MEANT: Final = re.compile(r"\bpurl\.org/(?:metadata/)?dc/(?:elements\b|(?P<terms>(?:dc)?terms)\b)")
_PREFIXES: Final = frozenset(("dc", "dcterms"))
_NOTHING: Final = "holds no element of Dublin Core"


class Kind(NamedTuple):
    """What a document is, as a clause, and what to do about it; None where the code's own remedy says it.

    `line` is where the parsed text says it, if at one place.
    """

    message: str
    remedy: str | None = None
    line: int | None = None


def without_dublin_core(root: Any) -> Kind:
    """What the element, in which nothing of Dublin Core was found, is."""
    name = etree.QName(root)
    if name.namespace == OAI_NAMESPACE:
        return _answer(root)
    known = _known(name.namespace, name.localname)
    if known:
        return Kind(f"is {known[0]}, which is not read", known[1])
    return _misspelled(root) or Kind(_NOTHING)


def _misspelled(root: Any) -> Kind | None:
    """Of elements that are meant as Dublin Core, in a namespace spelled otherwise; None without any."""
    for element in root.iter(etree.Element):
        namespace = etree.QName(element).namespace or ""
        if namespace in {"", DC_NAMESPACE, DCTERMS_NAMESPACE}:
            continue
        meant = _MEANT.search(namespace.lower())
        if meant is None and element.prefix not in _PREFIXES:
            continue
        is_terms = meant["terms"] if meant else element.prefix != "dc"
        right = DCTERMS_NAMESPACE if is_terms else DC_NAMESPACE
        return Kind(
            f"{_NOTHING}: the element {printable(etree.QName(element).localname[:100])} is in the namespace"
            f" {printable(namespace[:200])}",
            f"write the namespace exactly so: {right}",
            element.sourceline,
        )
    return None


def is_foreign(root: Any) -> bool:
    """True for an element in no namespace whose name is that of another kind of document.

    Words such as `title` in it are not those of Dublin Core.
    """
    return root.tag in FOREIGN


def _known(namespace: str | None, local: str) -> tuple[str, str] | None:
    if namespace is None:
        return _NAMES.get(local)
    known = _NAMESPACES.get(namespace)
    if known is None:  # the version ends the name
        known = next((kind for uri, kind in _NAMESPACES.items() if namespace.startswith(uri)), None)
    return known


def _answer(element: Any) -> Kind:
    """Of the answer of an OAI-PMH server, or of one of its records."""
    for error in element.iter(f"{{{OAI_NAMESPACE}}}error"):
        told = f"{error.get('code') or 'error'} {(error.text or '').strip()}"
        return Kind(
            f"is the answer of a server that found nothing: {printable(told.strip()[:200])}", "ask it again"
        )
    for metadata in element.iter(f"{{{OAI_NAMESPACE}}}metadata"):
        for held in metadata.iterchildren(tag=etree.Element):
            name = etree.QName(held)
            known = _known(name.namespace, name.localname)
            if known:
                return Kind(
                    f"holds {known[0]}, which is not read", "ask the server for metadataPrefix=oai_dc"
                )
    verb = next(
        (etree.QName(each).localname for each in element.iterchildren(tag=etree.Element) if len(each)), ""
    )
    if verb in ("Identify", "ListIdentifiers", "ListMetadataFormats", "ListSets"):
        return Kind(f"is the answer to {verb}, which describes no document", "ask the server for ListRecords")
    return Kind(_NOTHING)
