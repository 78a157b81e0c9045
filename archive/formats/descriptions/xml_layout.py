"""Where the records of an XML file are: which element holds one, and the namespaces declared around it.

Told from the first records by their tags alone, since any of them may be broken: a parser would tell nothing.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection
from itertools import islice
from typing import Final, NamedTuple

from archive.core.descriptions.dcterms import DC_NAMESPACE, DCTERMS_NAMESPACE, normalise_key
from archive.core.limits.descriptions import MAX_XML_DECLARATIONS, MAX_XML_INNER_LOOKED_AT

OAI_NAMESPACE: Final = "http://www.openarchives.org/OAI/2.0/"
_DUBLIN_CORE: Final = (DC_NAMESPACE, DCTERMS_NAMESPACE)
_OAI_LISTS: Final = frozenset(("ListRecords", "GetRecord"))

_NAME = r"[^\s<>/!?=\"'&]+"
_MARKUP = re.compile(rf"<(?:(!--|!\[CDATA\[|\?)|(!DOCTYPE)|(/?)({_NAME}))")
ATTRIBUTES = re.compile(r"((?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+)>")
_NAMESPACES = re.compile(rf"\s(xmlns(?::{_NAME})?|xml:lang)\s*=\s*(\"[^\"<&]*\"|'[^'<&]*')")
CLOSING: Final = {"!--": "-->", "![CDATA[": "]]>", "?": "?>"}


class Layout(NamedTuple):
    """The element that holds one record, by its name as written, and where the first one begins.

    `namespaces` are the declarations in force around it, that of the language too, as attributes of a start
    tag; `oai` tells the answer of an OAI-PMH server, `whole` that the collection as a whole is described
    before them.
    """

    record: str
    start: int
    namespaces: str
    oai: bool = False
    whole: bool = False


class _Open(NamedTuple):
    """An element that is open: its name, where its tag begins, and the declarations in force in it."""

    name: str
    start: int
    namespaces: dict[str, str]

    @property
    def local(self) -> str:
        return self.name.rpartition(":")[2]

    @property
    def namespace(self) -> str:
        prefix, colon, _ = self.name.rpartition(":")
        return self.namespaces.get(f"xmlns:{prefix}" if colon else "xmlns", '""')[1:-1]


def has_doctype(text: str) -> bool:
    """True where a document type declaration stands before the first element."""
    at = 0
    while match := _MARKUP.search(text, at):
        if match[2]:
            return True
        if match[1] is None:
            return False
        end = text.find(CLOSING[match[1]], match.end())
        if end < 0:
            return False
        at = end + 2
    return False


def find_layout(text: str, foreign: Collection[str] = ()) -> Layout | None:
    """The layout of a file of several records; None where the text holds one at most.

    `foreign` names the documents whose own words are not those of Dublin Core, though they look alike.
    """
    return _Search(text, plain=False).layout() or _Search(text, plain=True, foreign=foreign).layout()


class _Search:
    """Goes from tag to tag until two descriptions were met, in time linear in the text."""

    def __init__(self, text: str, *, plain: bool, foreign: Collection[str] = ()) -> None:
        self._text, self._plain, self._foreign = text, plain, foreign
        self._open: list[_Open] = []
        self._open_names: Counter[str] = Counter()
        self._first: list[_Open] = []
        self._looked = 0

    def layout(self) -> Layout | None:
        """The layout once it is known."""
        at = 0
        absent: set[str] = set()  # what closes nothing from here on: not looked for again
        while match := _MARKUP.search(self._text, at):
            at = match.end()
            if match[2]:
                continue
            if match[1] is not None:
                if match[1] not in absent:
                    end = self._text.find(CLOSING[match[1]], at)
                    at = at if end < 0 else end + 2
                    absent.update([match[1]] if end < 0 else [])
            elif match[3]:
                self._close(match[4])
            else:
                attributes = ATTRIBUTES.match(self._text, at)
                at = attributes.end() if attributes else at
                if found := self._start(match, attributes[1] if attributes else ""):
                    return found
        return None

    def _close(self, name: str) -> None:
        if not self._open_names[name]:
            return  # the end of what never began
        closed = ""
        while closed != name:
            closed = self._open.pop().name
            self._open_names[closed] -= 1

    def _start(self, match: re.Match[str], attributes: str) -> Layout | None:
        outer = self._open[-1].namespaces if self._open else {}
        declares = "xmlns" in attributes or "xml:lang" in attributes
        declared = dict(_NAMESPACES.findall(" " + attributes)) if declares else {}
        if declared:
            declared = dict(islice({**outer, **declared}.items(), MAX_XML_DECLARATIONS))
        element = _Open(match[4], match.start(), declared or outer)
        found = self._oai(element) or self._met(element)
        if not attributes.endswith("/"):
            self._open.append(element)
            self._open_names[element.name] += 1
        return found

    def _oai(self, element: _Open) -> Layout | None:
        parent = self._open[-1] if self._open else None
        if element.local != "record" or parent is None or parent.local not in _OAI_LISTS:
            return None
        return self._layout(element, oai=True) if parent.namespace in (OAI_NAMESPACE, "") else None

    def _met(self, element: _Open) -> Layout | None:
        """Looks whether an element that states something belongs to a second description."""
        if not self._open or not self._states(element) or self._states(self._open[-1]):
            return None
        if self._open[0].name in self._foreign and not self._open[0].namespace:
            return None
        if not self._first:
            self._first = self._open[:]
            return None
        shortest = min(len(self._first), len(self._open))
        # Where two paths part they part for good.
        shared = bisect_left(
            range(shortest), True, key=lambda depth: self._first[depth].start != self._open[depth].start
        )
        if shared < shortest:
            return self._layout(self._first[shared])
        if shared == len(self._open):
            return None  # more of the first description
        # Inside the first one: either its end tag is lacking, or it describes the collection as a whole.
        inner = self._open[shared]
        self._looked += 1
        if self._looked > MAX_XML_INNER_LOOKED_AT:
            return None
        if any(each.name == inner.name for each in self._first):
            return self._layout(next(each for each in self._first if each.name == inner.name))
        if self._states(inner):
            return None
        again = re.compile(rf"<{re.escape(inner.name)}[\s/>]").search(self._text, inner.start + 1)
        return self._layout(inner)._replace(whole=True) if again else None

    def _states(self, element: _Open) -> bool:
        if self._plain:
            return (
                ":" not in element.name and not element.namespace and normalise_key(element.name) is not None
            )
        if element.namespace in _DUBLIN_CORE:  # in which wrappers may be, too
            return normalise_key(element.local) is not None
        return element.local == "dcvalue"

    def _layout(self, record: _Open, *, oai: bool = False) -> Layout:
        around: dict[str, str] = {}
        for element in (*self._open, record):
            if element.start >= record.start:
                break
            around = element.namespaces
        namespaces = "".join(f" {name}={value}" for name, value in around.items())
        return Layout(record.name, record.start, namespaces, oai)
