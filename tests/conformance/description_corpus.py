"""Descriptions good and bad, made from a seed: the same every time, with the traps that engines fall into.

Every trap is one that some JSON Schema engine is known to fall into: `$` before a line end, digits and spaces
beyond ASCII, lengths in code points, numbers that are equal, members that are absent or null.
"""

import random
from collections.abc import Iterator
from typing import Any, Final

from archive.core.descriptions.dcterms import TERMS

SEED: Final = 20_261_121
GENERATED: Final = 500

TEXTS: Final = (
    "Letter", "1918", "1918\n", "\n1918", "١٩١٨", "c. 1918", "1918-11-11", "1918-02-30", "en",
    "en_US", "de-CH", "EN", "Text", "text", "", " ", "\t\n", "\u00a0", "\u2003", "\u200b", "\ufeff",
    "\x1c", "\x85", "\u3000x", "e\u0301", "😀", "😀😀😀", "\ud83d\ude00", "a" * 300,
    "https://example.org/ä?x=1#y", "https://example.org/a b", "urn:uuid:x", "open", "open\n",
    "restricted", "Restricted", "restricted, title hidden", "open, title hidden",
    "embargoed until 2040-01-01", "embargoed until 2040-13-01", "embargoed until ٢٠٤٠-٠١-٠١",
    "dublin-core/1", "dublin-core/2", "A12", "A12\n", "xA12", "\\", "/", "\x00", "\x7f",
)  # fmt: skip
ODD: Final[tuple[Any, ...]] = (
    None,
    True,
    False,
    0,
    1,
    -1,
    1.0,
    1.5,
    1e300,
    10**25,
    [],
    {},
    [[]],
    {"value": None},
    [None],
)
COMPLETE: Final = ("creator", "date", "extent", "language", "description", "rights")
KEYS: Final = ("value", "lang", "scheme", "uri", "note", "")


def hand_made() -> Iterator[Any]:
    """What every corpus holds: each term alone, each text and each odd value in each place."""
    yield from ({}, [], None, "title", 1, {"title": "x"}, {"schema": "dublin-core/1", "title": ["x"]})
    for text in TEXTS:
        yield {"title": text}
        yield {"title": [{"value": text, "lang": text}]}
        yield {"title": "x", "access": text}
        yield {"title": "x", "schema": text}
        yield {
            "title": "x",
            "type": text,
            "date": text,
            "identifier": text,
            "relation": text,
            "language": text,
        }
        yield {"title": "x", "other": {text: text}}
    for odd in ODD:
        yield {"title": odd}
        yield {"title": ["x", odd]}
        yield {"title": "x", "access": odd}
        yield {"title": "x", "other": odd}
        yield {"title": "x", "other": {"box": odd}}
        yield {"title": {"value": "x", "lang": odd}}
    for term in TERMS:
        yield {"title": "x", term: "y"}
        yield {term: "y"}


def generated(count: int = GENERATED, seed: int = SEED) -> Iterator[Any]:
    """Descriptions of some twenty elements, about half of them with one thing wrong."""
    chance = random.Random(seed)
    for _ in range(count):
        document = _good(chance)
        if chance.random() < 0.5:
            _spoil(document, chance)
        yield document


def corpus() -> list[Any]:
    """All of them."""
    return [*hand_made(), *generated()]


def _good(chance: random.Random) -> dict[str, Any]:
    document: dict[str, Any] = {"title": _values(chance)}
    if chance.random() < 0.3:  # enough for every profile
        document |= {term: _values(chance) for term in COMPLETE} | {"other": {"level": "file"}}
    for term in chance.sample(TERMS, chance.randint(0, 19)):
        document[term] = _values(chance)
    if chance.random() < 0.4:
        columns = {f"column {number}": "kept" for number in range(chance.randint(0, 3))}
        document["other"] = document.get("other", {}) | columns
        if chance.random() < 0.5:
            document["other"]["level"] = chance.choice(["fonds", "series", "file", "item"])
    if chance.random() < 0.4:
        document["access"] = chance.choice(["open", "restricted", "embargoed until 2040-01-01, title hidden"])
    if chance.random() < 0.3:
        document["schema"] = "dublin-core/1"
    return document


def _values(chance: random.Random) -> Any:
    values = [_value(chance) for _ in range(chance.randint(1, 3))]
    return values[0] if chance.random() < 0.2 else values


def _value(chance: random.Random) -> Any:
    text = chance.choice(["Letter", "1918~", "en", "Text", "https://example.org/1", "A12", "été", "😀"])
    if chance.random() < 0.6:
        return text
    made = {"value": text}
    for key in chance.sample(["lang", "scheme", "uri"], chance.randint(0, 3)):
        made[key] = chance.choice(["en", "edtf", "urn:x"])
    return made


def _spoil(document: dict[str, Any], chance: random.Random) -> None:
    """One thing, anywhere."""
    term = chance.choice(list(document))
    bad = chance.choice([*TEXTS, *ODD])
    match chance.randint(0, 5):
        case 0:
            del document[term]
        case 1:
            document[term] = bad
        case 2:
            document[chance.choice(["titel", "Title", "", "$ref", "__proto__", "constructor"])] = bad
        case 3 if isinstance(document[term], list):
            document[term].insert(chance.randint(0, len(document[term])), bad)
        case 4:
            document[term] = {"value": "x", chance.choice(KEYS): bad}
        case _:
            document["other"] = {"box": bad}
