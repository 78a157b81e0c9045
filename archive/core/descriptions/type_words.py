"""Types of documents in words of every day, and the term of the DCMI Type vocabulary for each."""

import re
from typing import Final

from archive.core.descriptions.dcterms import DCMI_TYPES

_KINDS: Final = {
    "Collection": "mixed material|mixed materials|fonds|papers",
    "Dataset": "data|spreadsheet|database|statistics",
    "MovingImage": "video|film|motion picture|movie|television program",
    "PhysicalObject": "artifact|artefact|realia|object|specimen|sculpture|three dimensional object",
    "Software": "program|computer program",
    "Sound": "audio|sound recording|audio recording|recording|oral history|music|podcast|interview",
    "StillImage": "photograph|photo|photographic print|negative|slide|drawing|print|poster|map|cartographic"
    "|postcard|painting|engraving|etching|lithograph|illustration|plan|picture|cartographic material|cartoon",
    "Text": "book|article|letter|manuscript|newspaper|pamphlet|diary|correspondence|thesis|dissertation"
    "|report|document|journal article|periodical|serial|book chapter|minutes|monograph|sheet music|score"
    "|conference paper|preprint|working paper|clipping|brochure|telegram|memorandum",
}
_KIND_OF: Final = {word: term for term, words in _KINDS.items() for word in words.split("|")}
_FOLDED: Final = {term.lower(): term for term in DCMI_TYPES}
_PREFIX: Final = re.compile(
    r"(?:https?://purl\.org/dc/(?:dcmitype|terms)/|(?:dcmitype|dcmi|dctypes|dcterms|dctype):)", re.IGNORECASE
)
_NOT_A_LETTER: Final = re.compile("[^a-z]")
_SEVERAL: Final = re.compile("[;|,\n]")  # with `\s*` around it, a run of spaces would cost its square


def term_spelt(text: str) -> str | None:
    """The term that the text spells otherwise: `still images`, `dcmitype:Text`, the term's IRI; else None."""
    folded = _NOT_A_LETTER.sub("", _PREFIX.sub("", text.strip()).lower())
    return _FOLDED.get(folded) or _FOLDED.get(folded.removesuffix("s"))


def kind_of(text: str) -> str | None:
    """The term that what the text names is a kind of (`photographs`); None where that is not certain."""
    word = " ".join(text.lower().replace("-", " ").split())
    return _KIND_OF.get(word) or _KIND_OF.get(word.removesuffix("s"))


def several(text: str) -> bool:
    """True where the text is two or more types."""
    parts = [part for part in map(str.strip, _SEVERAL.split(text)) if part]
    return len(parts) > 1 and all(term_spelt(part) or kind_of(part) for part in parts)
