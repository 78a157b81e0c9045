"""The vocabulary of descriptions: the 15 Dublin Core elements and the 55 DCMI Metadata Terms.

Sources: DCMES 1.1 (ISO 15836-1) and DCMI Metadata Terms of 2020-01-20 (ISO 15836-2), §§ 2 and 3.
"""

import difflib
import re
from typing import Final

ELEMENTS: Final = (
    "title",
    "creator",
    "subject",
    "description",
    "publisher",
    "contributor",
    "date",
    "type",
    "format",
    "identifier",
    "source",
    "language",
    "relation",
    "coverage",
    "rights",
)

# Each term that is not itself an element, with the element it refines; None where oai_dc has no place for it.
REFINES: Final[dict[str, str | None]] = {
    "abstract": "description",
    "accessRights": "rights",
    "accrualMethod": None,
    "accrualPeriodicity": None,
    "accrualPolicy": None,
    "alternative": "title",
    "audience": None,
    "available": "date",
    "bibliographicCitation": "identifier",
    "conformsTo": "relation",
    "created": "date",
    "dateAccepted": "date",
    "dateCopyrighted": "date",
    "dateSubmitted": "date",
    "educationLevel": None,
    "extent": "format",
    "hasFormat": "relation",
    "hasPart": "relation",
    "hasVersion": "relation",
    "instructionalMethod": None,
    "isFormatOf": "relation",
    "isPartOf": "relation",
    "isReferencedBy": "relation",
    "isReplacedBy": "relation",
    "isRequiredBy": "relation",
    "isVersionOf": "relation",
    "issued": "date",
    "license": "rights",
    "mediator": None,
    "medium": "format",
    "modified": "date",
    "provenance": None,
    "references": "relation",
    "replaces": "relation",
    "requires": "relation",
    "rightsHolder": None,
    "spatial": "coverage",
    "tableOfContents": "description",
    "temporal": "coverage",
    "valid": "date",
}

TERMS: Final = (*ELEMENTS, *REFINES)
TERM_SET: Final = frozenset(TERMS)
DATE_TERMS: Final = frozenset(("date", *(term for term, element in REFINES.items() if element == "date")))

# DCMI Type Vocabulary, DCMI Metadata Terms § 7.
DCMI_TYPES: Final = frozenset(
    (
        "Collection",
        "Dataset",
        "Event",
        "Image",
        "InteractiveResource",
        "MovingImage",
        "PhysicalObject",
        "Service",
        "Software",
        "Sound",
        "StillImage",
        "Text",
    )
)

DC_NAMESPACE: Final = "http://purl.org/dc/elements/1.1/"
DCTERMS_NAMESPACE: Final = "http://purl.org/dc/terms/"

_BY_LOWER = {term.lower(): term for term in TERMS}
# The underscore is that of databases and programming languages, whose names of columns hold no other mark.
_PREFIX = re.compile(r"(?:dc|dcterms|dct)[.:_]|https?://purl\.org/dc/(?:elements/1\.1|terms)/", re.IGNORECASE)
_WITH_LANGUAGE = re.compile(r"(?P<key>[^\[\]]*)\[(?P<lang>[^\[\]]*)\]")


def normalise_key(key: str) -> str | None:
    """The term that a key or column names, or None.

    Understood in any case: `title`, `dc.title`, `dc:title`, `dc_title`, `dcterms.extent`, the term's IRI, and
    `dc.date.issued` where the qualifier is a term that refines the element (DSpace).
    """
    folded = key.strip().lower()
    if term := _BY_LOWER.get(folded):
        return term
    prefix = _PREFIX.match(folded)
    if prefix is None:
        return None
    rest = folded[prefix.end() :]
    if term := _BY_LOWER.get(rest):
        return term
    element, _, qualifier = rest.partition(".")
    refinement = _BY_LOWER.get(qualifier, "")
    return refinement if element and REFINES.get(refinement) == element else None


def normalise_key_with_language(key: str) -> tuple[str, str | None] | None:
    """The term that a column names and the language it states: `dc.title[en]` gives ("title", "en")."""
    match = _WITH_LANGUAGE.fullmatch(key.strip())
    term = normalise_key(match["key"] if match else key)
    if term is None:
        return None
    return term, (match["lang"].strip() or None) if match else None


def claims_dublin_core(key: str) -> bool:
    """True where the key has a Dublin Core prefix, so that an unknown name behind it is a mistake."""
    return _PREFIX.match(key.strip()) is not None


def nearest_term(key: str) -> str | None:
    """The known term most like a misspelt key, or None where nothing is near."""
    match = _WITH_LANGUAGE.fullmatch(key.strip())
    rest = _PREFIX.sub("", (match["key"] if match else key).strip().lower(), count=1)
    near = difflib.get_close_matches(rest, _BY_LOWER, n=1, cutoff=0.7)
    return _BY_LOWER[near[0]] if near else None


def qualified(term: str) -> str:
    """The term as people write it in a column: `dc.title`, `dcterms.extent`."""
    return f"dcterms.{term}" if term in REFINES else f"dc.{term}"


def element_of(term: str) -> str | None:
    """The element that carries the term in oai_dc: itself, the one it refines, or None."""
    return REFINES.get(term, term)
