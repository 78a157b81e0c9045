"""The text of an element that holds elements: no word is torn apart, and no two run together."""

from typing import Any, Final

from lxml import etree

# Elements that mark letters inside a word or a sentence, by their names in HTML, TEI and JATS.
_INLINE: Final = frozenset(
    (
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "bold", "cite", "code", "del", "dfn", "em"),
        *("emph", "font", "hi", "i", "ins", "italic", "kbd", "mark", "overline", "q", "roman", "s", "samp"),
        *("sc", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "underline", "var"),
    )
)
_BREAK: Final = "\0"  # which no XML can hold


def text_of(element: Any) -> str:
    """All text in an element; one space stands where an element begins or ends that marks no letters."""
    if len(element) == 0:
        return element.text or ""
    pieces: list[str] = []
    _gather(element, pieces)
    parts = "".join(pieces).split(_BREAK)
    return parts[0] if len(parts) == 1 else " ".join(filter(None, map(str.strip, parts)))


def _gather(element: Any, pieces: list[str]) -> None:
    pieces.append(element.text or "")
    for child in element:
        if isinstance(child.tag, str):
            edge = "" if etree.QName(child).localname.lower() in _INLINE else _BREAK
            pieces.append(edge)
            _gather(child, pieces)
            pieces.append(edge)
        pieces.append(child.tail or "")
