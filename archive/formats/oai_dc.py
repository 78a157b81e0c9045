"""A description as oai_dc, for everybody else's tools (Dublin Core in the shape of OAI-PMH 2.0)."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from archive.core.descriptions.dcterms import ELEMENTS, REFINES
from archive.core.descriptions.description import Description
from archive.core.descriptions.languages import LanguageState, judge
from archive.formats.xml_text import REPLACEMENT, is_xml_text, xml_text

NAMESPACE: Final = "http://www.openarchives.org/OAI/2.0/oai_dc/"
SCHEMA_LOCATION: Final = f"{NAMESPACE} http://www.openarchives.org/OAI/2.0/oai_dc.xsd"

_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<oai_dc:dc xmlns:oai_dc="{NAMESPACE}" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    f' xsi:schemaLocation="{SCHEMA_LOCATION}">\n'
)
_TAIL: Final = "</oai_dc:dc>\n"
_REPLACED: Final = (
    "<!-- U+FFFD stands for characters that XML 1.0 cannot carry; dublin-core.json has them exactly. -->\n"
)

# The terms that oai_dc carries, by element in the order of DCMES, an element before what refines it; each
# with the name of the element that carries it.
_CARRIED: Final = {
    term: element
    for element in ELEMENTS
    for term in (element, *(refined for refined, under in REFINES.items() if under == element))
}
# The lexical space of xs:language (XML Schema Part 2 §3.3.3), which is wider than BCP 47.
_XS_LANGUAGE: Final = re.compile("[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*")


def oai_dc_xml(description: Description, identifiers: Sequence[str]) -> bytes:
    """The description as one `oai_dc:dc` document in UTF-8, valid under the official oai_dc.xsd.

    `identifiers` (reference, URN) come first among the identifiers. A term that refines an element stands
    under that element; the eleven that refine none are left to dublin-core.json. The same text in the same
    language appears once under an element. Languages are canonical BCP 47 tags; a tag that XML Schema would
    refuse is left out. Characters that XML 1.0 cannot carry become U+FFFD, and a comment says so.
    """
    terms = description.terms
    lines: dict[str, None] = {}  # a set that keeps its order
    for term, element in _CARRIED.items():
        if term == "identifier":
            for identifier in identifiers:
                lines[f"<dc:identifier>{xml_text(identifier)}</dc:identifier>\n"] = None
        if term not in terms:
            continue
        for value, tag, _scheme, _uri in terms[term]:
            language = xml_language(tag) if tag else ""
            attribute = f' xml:lang="{language}"' if language else ""
            lines[f"<dc:{element}{attribute}>{xml_text(value)}</dc:{element}>\n"] = None
    body = "".join(lines)
    remark = _REPLACED if REPLACEMENT in body and _loses(description, identifiers) else ""
    return f"{_HEAD}{remark}{body}{_TAIL}".encode()


def _loses(description: Description, identifiers: Iterable[str]) -> bool:
    carried = (item.value for term in _CARRIED for item in description.terms.get(term, ()))
    return not all(is_xml_text(text) for text in (*identifiers, *carried))


@lru_cache(maxsize=1024)
def xml_language(tag: str) -> str:
    """The canonical form of a language tag as xml:lang may carry it (xs:language), or an empty text.

    A tag that is well-formed but not registered stays as it is; a malformed one is left out, not guessed at.
    """
    judged = judge(tag)
    if judged.state is LanguageState.MALFORMED:
        return ""
    language = judged.canonical or tag
    return language if _XS_LANGUAGE.fullmatch(language) else ""
