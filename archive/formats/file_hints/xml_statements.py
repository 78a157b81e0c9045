"""Single texts out of a small XML document that nobody vouches for."""

from collections.abc import Collection, Iterable, Mapping
from xml.parsers import expat

from archive.core.limits.documents import XML_STATEMENT_BYTES, XML_STATEMENT_CHARACTERS

Name = tuple[str, str]  # namespace and local name


class _RefusedError(Exception):
    """A document type declaration, or nothing more is wanted."""


class _Collector:
    def __init__(self, wanted: Collection[Name]) -> None:
        self.texts: dict[Name, str] = {}
        self.attributes: dict[Name, str] = {}
        self._wanted = wanted
        self._open: Name | None = None
        self._depth = 0

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        for key, text in attributes.items():
            if (attribute := _split(key)) in self._wanted:
                self.attributes.setdefault(attribute, text[:XML_STATEMENT_CHARACTERS])
        if self._open is not None:
            self._depth += 1
        elif (element := _split(name)) in self._wanted and element not in self.texts:
            self._open, self._depth = element, 0
            self.texts[element] = ""

    def text(self, text: str) -> None:
        if self._open is not None and len(self.texts[self._open]) < XML_STATEMENT_CHARACTERS:
            self.texts[self._open] += text[:XML_STATEMENT_CHARACTERS]

    def end(self, _name: str) -> None:
        if self._open is not None:
            if self._depth == 0:
                self._open = None
            self._depth -= 1


def texts_of(document: bytes | Iterable[bytes], wanted: Collection[Name]) -> dict[Name, str]:
    """The text of the first element, or the first attribute, of each wanted name, up to where it breaks.

    A document type declaration ends the reading: no entity is ever defined. No content raises.
    """
    collector = _Collector(wanted)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = collector.begin
    parser.EndElementHandler = collector.end
    parser.CharacterDataHandler = collector.text
    parser.StartDoctypeDeclHandler = _refuse
    room = XML_STATEMENT_BYTES
    try:
        for chunk in (document,) if isinstance(document, bytes) else document:
            room -= len(chunk)
            if room < 0:
                break
            parser.Parse(chunk, False)
    except (expat.ExpatError, _RefusedError, ValueError, LookupError):
        pass
    return {**collector.attributes, **{name: text.strip() for name, text in collector.texts.items()}}


def _refuse(*_: object) -> None:
    raise _RefusedError


def _split(name: str) -> Name:
    namespace, _, local = name.rpartition(" ")
    return namespace, local
