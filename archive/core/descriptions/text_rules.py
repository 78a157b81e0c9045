"""What is said of texts that were damaged on their way, or hold what no person sees; none is altered."""

import re
from collections.abc import Callable
from typing import Final

from archive.core.findings import At, Finding, note, warning
from archive.core.text import printable

CONTROL_CHARACTER: Final = "DESC-CONTROL-CHARACTER"
DAMAGED_TEXT: Final = "DESC-DAMAGED-TEXT"
INVISIBLE_CHARACTER: Final = "DESC-INVISIBLE-CHARACTER"
MARKUP: Final = "DESC-MARKUP"

Report = Callable[[str, str, At], Finding]

# What XML 1.0 § 2.2 cannot carry, and the C1 controls, which are Windows characters read as Latin-1.
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_REPLACEMENT: Final = "\ufffd"
# What only says where a line may break, which no value needs; then what turns the direction of text, too. The
# joiners U+200C and U+200D and the marks U+200E and U+200F belong to the spelling of some languages.
_IDLE: Final = re.compile("[\u00ad\u200b\u2060\ufeff]")
_INVISIBLE: Final = re.compile("[\u00ad\u200b\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb]")
_ENTITY: Final = re.compile("&(?:[A-Za-z][A-Za-z0-9]{1,30}|#[0-9]{2,7}|#[xX][0-9A-Fa-f]{2,6});")
_TAG: Final = re.compile(
    r"</?(?:a|b|blockquote|br|div|em|font|h[1-6]|i|img|li|ol|p|small|span|strong|sub|sup|table|td|tr|u|ul)\b"
    r"[^<>]{0,400}>",
    re.IGNORECASE,
)
_ROUNDS: Final = 3  # &amp;amp;lt; has been through three programs


def odd_text(text: str) -> Report | None:
    """What makes the finding about the text, given it, its place as a person names it, and its place."""
    if (not text.isprintable() or _REPLACEMENT in text) and (report := _unseen(text)):
        return report
    if "&" in text and without_entities(text) != text:
        return _entities
    return _tags if "<" in text and _TAG.search(text) else None


def _unseen(text: str) -> Report | None:
    if _REPLACEMENT in text:
        return _replacement
    if _CONTROL.search(text):
        return _control
    return _invisible if _INVISIBLE.search(text) else None


def without_entities(text: str) -> str:
    """The text with the characters that entities of HTML stand for, however often they were escaped."""
    for _ in range(_ROUNDS):
        if (plain := _ENTITY.sub(_character, text)) == text:
            break
        text = plain
    return text


def _character(match: re.Match[str]) -> str:
    from html import unescape  # 2 ms, of a table of names that few descriptions need

    character = unescape(match.group())
    return match.group() if _CONTROL.search(character) or character == _REPLACEMENT else character


def _replacement(text: str, place: str, at: At) -> Finding:
    return warning(
        DAMAGED_TEXT,
        place,
        "holds U+FFFD, which stands where an earlier program could not read a character",
        at=at,
        found=text,
        remedy="write the character that was lost",
    )


def _control(text: str, place: str, at: At) -> Finding:
    match = _CONTROL.search(text)
    code = f"U+{ord(match.group()):04X}" if match else "a control character"
    return warning(
        CONTROL_CHARACTER,
        place,
        f"holds the control character {code}, which XML cannot carry or no person can see",
        at=at,
        found=text,
        remedy="remove it, unless it is meant",
    )


def _invisible(text: str, place: str, at: At) -> Finding:
    match = _INVISIBLE.search(text)
    code = f"U+{ord(match.group()):04X}" if match else "a character"
    plain = _IDLE.sub("", text)
    return note(
        INVISIBLE_CHARACTER,
        place,
        f"holds {code}, which nobody can see; a search for the text does not find it",
        at=at,
        found=text,
        remedy="remove it, unless it is meant",
        corrected=plain if plain.strip() and not _INVISIBLE.search(plain) else None,
    )


def _entities(text: str, place: str, at: At) -> Finding:
    match = _ENTITY.search(text)
    return note(
        MARKUP,
        place,
        f"holds {match.group() if match else '&'}, by which web pages spell a character",
        at=at,
        found=text,
        remedy="write the character itself",
        corrected=without_entities(text),
    )


def _tags(text: str, place: str, at: At) -> Finding:
    match = _TAG.search(text)
    return note(
        MARKUP,
        place,
        f"holds the tag {printable(match.group()[:40]) if match else '<'} of a web page, shown as text",
        at=at,
        found=text,
        remedy="write plain text, unless the tags are meant",
    )
