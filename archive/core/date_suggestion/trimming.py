"""What stands round a date in catalogues: marks of cataloguers, words before it and behind it."""

import re
from typing import Final

_QUOTES: Final = (('"', '"'), ("\u201c", "\u201d"), ("\u00ab", "\u00bb"))
_PAIRS: Final = (("[", "]"), ("(", ")"))
# MARC fields end in a full stop or a comma (ISBD), also where a date has been taken out of them.
_TRAILING: Final = re.compile(r"(?:\s*[,;:]|(?<=[0-9?\])])\.)\Z")
_DONE: Final = (
    "created|made|dated|date|taken|written|drawn|painted|composed|executed|produced|manufactured|built|photographed"
    "|filmed|recorded|published|publication|pub\\.|publ\\.|printed|issued|creation|erschienen|gedruckt|publie|imprime"
    "|publicado|impreso"
)
_BEFORE: Final = re.compile(
    rf"(?:date of (?:work|creation|publication|issue)|(?:{_DONE}))(?:\s*:|\s(?:in|on|im|en|le))?\s+(.+)"
)
_BEHIND: Final = re.compile(rf"(.*[0-9][0-9x?~s\])-]*)\s*(?:\(\s*(?:{_DONE})\s*\)|,\s*(?:{_DONE}))")
_ABOUT_BEHIND: Final = re.compile(
    r"(.*[0-9]{3}[0-9x]s?[?\])]*),?\s*[(\[]?\s*"
    r"(?:circa|ca\.?|c\.|approx\.?|approximate(?:ly)?(?: date)?|about|est\.?|estimated?)\s*[)\]]?"
)
_UNDATED_BEFORE: Final = re.compile(
    r"(?:n\. ?d\.|s\. ?d\.|o\. ?d\.|undated|not dated|no date|(?:exact )?date unknown),?\s*"
    r"(?:[\[(](.+)[\])]|((?:circa|ca\.?|c\.) .+))"
)


def trimmed(text: str) -> str:
    """The text (as `words.plain` gives it) without stray marks, with `circa` before what it belongs to."""
    for opening, closing in _QUOTES:
        if len(text) > 2 and text.startswith(opening) and text.endswith(closing):
            text = text[1:-1].strip()
    if "<" in text and ">" in text:  # MARC: what is not final stands in angle brackets
        text = text.replace("<", "").replace(">", "").strip()
    text = _TRAILING.sub("", text)
    for opening, closing in _PAIRS:
        if text.count(opening) != text.count(closing):  # the other half stood in another field
            text = text.replace(opening, "").replace(closing, "").strip()
    if match := _UNDATED_BEFORE.fullmatch(text):
        text = match[1] or match[2]
    if match := _ABOUT_BEHIND.fullmatch(text):
        text = f"circa {match[1]}"
    return text


def without_words(text: str) -> str | None:
    """The date alone where a word says what happened then (`published 1902`); None where none does."""
    match = _BEFORE.fullmatch(text) or _BEHIND.fullmatch(text)
    return match[1] if match else None


# What no one date can say; the sentence says where to put it instead.
_ADVICE: Final = (
    (re.compile(r"\bbulk\b"), "write the dates of the whole here, and the bulk dates into the description"),
    (
        re.compile(r"[0-9?\])]s?(?:,|;| &| and)\s*(?:undated|n\. ?d\.|no date)\Z"),
        "write the dates here, and into the description that a part is undated",
    ),
    (
        re.compile(
            r"[0-9]{4}.*\b(?:printed|print|cast|reprint|reprinted|published|copyright|copy|modeled|negative"
            r"|altered|restored|[cp](?=[0-9]{4}))|[0-9]{4}.*[\u00a9\u2117]|\b(?:printed|modeled|negative|original|"
            r"designed|[cp](?=[0-9]{4})).*[0-9]{4}.*[0-9]{4}"
        ),
        "more than one date: give each a column of its own, such as created, issued or dateCopyrighted",
    ),
)


def advice(text: str) -> str | None:
    """What to do with a text that says more than a date can; None where nothing is known of it."""
    return next((sentence for pattern, sentence in _ADVICE if pattern.search(text)), None)
