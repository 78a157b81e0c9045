"""Names and values as people and programs may see them: escaped on a terminal, lossless in JSON.

Inside the program a name that is not UTF-8 is a `str` with surrogate escapes (PEP 383), as `os.fsdecode`
gives it on a UTF-8 system.
"""

import re
from functools import lru_cache
from typing import Any

# What can move a cursor, forge a line, turn text round, or make two names look the same: C0 and C1
# controls, DEL, soft hyphen, Mongolian vowel separator, zero-width space, line and paragraph separators,
# bidirectional and other invisible controls, byte order mark, interlinear annotations, tags, surrogates;
# and the 66 noncharacters (The Unicode Standard § 23.7), which HTML forbids and no font has.
# ZWNJ and ZWJ (U+200C, U+200D) and variation selectors stay: Persian, Indic scripts and emoji are read by
# them.
_UNPRINTABLE = (
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f\ufdd0-\ufdef"
    + "".join(chr(plane + low) for plane in range(0, 0x11_0000, 0x1_0000) for low in (0xFFFE, 0xFFFF))
    + "]"
)

# What every shell takes as it stands; `~` only where it opens nobody's home.
_PLAIN_WORD = re.compile(r"[A-Za-z0-9_@%+=:,./-][A-Za-z0-9_@%+=:,./~-]*")
# Octal, of three digits always: a hexadecimal escape has no length of its own and would eat what follows.
_OCTETS = tuple(
    chr(octet) if 0x20 <= octet < 0x7F and octet not in b"'\\" else f"\\{octet:03o}" for octet in range(256)
)


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if 0xDC80 <= code <= 0xDCFF:  # a byte that was not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if code < 0xA0:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x1_0000 else f"\\U{code:08x}"


@lru_cache
def _unprintable() -> re.Pattern[str]:
    return re.compile(_UNPRINTABLE)  # 1 ms, which few commands need


def printable(text: str) -> str:
    """The text with everything that could confuse a terminal or a reader escaped."""
    # str.isprintable is false for each of them, and settles nearly every text in one pass of C.
    return text if text.isprintable() else _unprintable().sub(_escape, text)


def printable_json(document: str) -> str:
    """A JSON document of one line, the unprintable written as its escapes: the same values (RFC 8259 §7)."""
    return document if document.isprintable() else _unprintable().sub(_json_escape, document)


def printable_xml(text: str) -> str:
    """Text of an XML document, the unprintable written as references: the same values (XML 1.0 §4.1)."""
    return text if text.isprintable() else _unprintable().sub(lambda found: f"&#x{ord(found[0]):X};", text)


def _json_escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x1_0000:
        return f"\\u{code:04x}"
    code -= 0x1_0000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def unseen_character(text: str) -> str | None:
    """The first character that `printable` escapes, as `U+001B`.

    None where there is none: such a text is one line, and comes back from every file that holds it (XML 1.0
    §2.2, too, carries the rest).
    """
    if text.isprintable():
        return None
    found = next((char for char in text if _unprintable().match(char)), None)
    return None if found is None else f"U+{ord(found):04X}"


def shell_word(text: str) -> str:
    """The text as one argument of a command line, to be shown and pasted: quoted where a shell needs it.

    A path that begins with a dash is given a `./`, so that no program takes it for an option. What is not
    printable is written as its bytes in `$'…'` (POSIX.1-2024, 2.2.4), which gives the same argument.
    """
    if text.startswith("-"):
        text = f"./{text}"
    if _PLAIN_WORD.fullmatch(text):
        return text
    if printable(text) == text:
        return "'" + text.replace("'", "'\\''") + "'"
    octets = text.encode("utf-8", "surrogateescape")
    return "$'" + "".join(_OCTETS[octet] for octet in octets) + "'"


def text_lines(text: str) -> list[str]:
    """The lines of a text: LF, CR LF and CR end one, and nothing else that `str.splitlines` takes for one."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines if lines[-1] else lines[:-1]


def is_utf8(text: str) -> bool:
    """True where the text holds no surrogates, so that it can be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def lossless(value: Any) -> Any:
    """A JSON value that carries the text exactly: a name that is not UTF-8 becomes {text, base64}."""
    if not isinstance(value, str) or value.isascii() or is_utf8(value):
        return value
    raw = (
        value.encode("utf-8", "surrogateescape")
        if _only_escaped_bytes(value)
        else value.encode("utf-8", "surrogatepass")
    )
    import base64  # few names are not UTF-8

    return {"text": printable(value), "base64": base64.b64encode(raw).decode()}


def _only_escaped_bytes(text: str) -> bool:
    return all(not 0xD800 <= ord(char) <= 0xDFFF or 0xDC80 <= ord(char) <= 0xDCFF for char in text)
