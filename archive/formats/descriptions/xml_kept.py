"""XML that is kept as it stands: it is read alone, and its names mean what they meant where it stood."""

import re
from copy import deepcopy
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from lxml import etree

from archive.core.limits.descriptions import LONGEST_XML_KEPT

# What may name a namespace in a value, as in xsi:type="dcterms:URI" (XML Schema 1.0 Part 2 §3.2.18).
_PREFIX: Final = re.compile(r"(?<![\w.:-])([^\W\d][\w.-]*):(?=[^\W\d])")
_START: Final = re.compile(r"<[^\s/>]+")


class KeptTooLongError(Exception):
    """A description brings more to keep than LONGEST_XML_KEPT."""


class Allowance:
    """How many characters of XML and of names may still be kept of one record."""

    def __init__(self) -> None:
        self._left = LONGEST_XML_KEPT

    def take(self, text: str) -> str:
        """The text itself; KeptTooLongError where no room is left for it."""
        self._left -= len(text)
        if self._left < 0:
            raise KeptTooLongError
        return text


def alone(element: Any) -> str:
    """The element with the namespaces that its names and values use, without all others declared round it."""
    whole = deepcopy(element)
    whole.tail = None
    text = etree.tostring(whole, encoding="unicode")
    named = set(_PREFIX.findall(text)) - whole.nsmap.keys()
    declared = [] if not named else [(each, uri) for each, uri in element.nsmap.items() if each in named]
    more = "".join(f" xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in sorted(declared))
    end = _START.match(text).end() if more else 0  # type: ignore[union-attr]
    return text[:end] + more + text[end:]
