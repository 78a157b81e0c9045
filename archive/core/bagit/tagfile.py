"""Tag files such as bag-info.txt: labels and values in their order (RFC 8493 §2.2.2)."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

from archive.core.bagit.lines import FileFindings, decode, lines_of, stopped
from archive.core.bagit.versions import Version
from archive.core.findings import At, Finding, error, warning
from archive.core.limits.bags import LINE_CHARACTERS, LONGEST_WORD, TAG_LINES
from archive.core.limits.output import QUOTED

_CLAUSE = "RFC 8493 §2.2.2"
_BLANK = " \t"
_WIDTH = 79  # characters a line, as §2.2.2 recommends
_INDENT = "  "
Tag = tuple[str, str]


class TagFile(NamedTuple):
    """The tags (label, value) in their order, and what is wrong with the file.

    The lines of a folded value are joined with LF (§2.2.2: a line break is part of the value, the
    indentation is not), except where a line ends in a space: there the value was only too long for a line.
    """

    name: str
    tags: list[Tag]
    findings: tuple[Finding, ...]

    def values(self, label: str) -> list[str]:
        """Every value of a label, in order; labels do not differ by case."""
        wanted = label.lower()
        return [value for name, value in self.tags if name.lower() == wanted]


def parse_tag_file(data: bytes, *, name: str, version: Version, encoding: str = "utf-8") -> TagFile:
    """The tags that the bytes hold."""
    text, findings = decode(data, name=name, encoding=encoding, version=version)
    tags: list[tuple[str, list[str]]] = []
    for number, line in enumerate(lines_of(text), start=1):
        at = At(file=name, line=number)
        if number > TAG_LINES:
            findings.add(stopped(name, number))
            break
        if len(line) > LINE_CHARACTERS:
            message = f"the line has more than {LINE_CHARACTERS} characters"
            findings.add(error("BAG-LINE-LONG", name, message, at=at, clause=_CLAUSE))
        elif line[:1] in _BLANK and line:
            if tags:
                tags[-1][1].append(line)
            else:
                message = "the first line continues nothing"
                findings.add(error("BAG-TAG-SYNTAX", name, message, at=at, clause=_CLAUSE, found=line[:200]))
        elif not line:
            findings.add(warning("BAG-LINE-BLANK", name, "the line is blank", at=at, clause=_CLAUSE))
        elif (tag := _tag(line, version, at, findings)) is not None:
            tags.append(tag)
    joined = [(label, _joined(lines)) for label, lines in tags]
    return TagFile(name, joined, findings.all())


def _tag(line: str, version: Version, at: At, findings: FileFindings) -> tuple[str, list[str]] | None:
    label, colon, value = line.partition(":")
    bare = label.strip(_BLANK)
    place = at.file or ""
    if not colon or not bare:
        message = "the line is not a label, a colon and a value"
        findings.add(error("BAG-TAG-SYNTAX", place, message, at=at, clause=_CLAUSE, found=line[:200]))
        return None
    if version.strict and (label != bare or (value.strip(_BLANK) and value[0] not in _BLANK)):
        message = "a colon has no white space before it and one space after it"
        findings.add(error("BAG-TAG-COLON", place, message, at=at, clause=_CLAUSE, found=line[:200]))
    return bare, [value]


def _joined(lines: list[str]) -> str:
    """The value of one tag from its lines as they stand in the file."""
    parts: list[str] = []
    for line in lines[:-1]:
        text = line.lstrip(_BLANK)
        parts.append(text.rstrip(_BLANK) + " " if text.rstrip(_BLANK) != text else text + "\n")
    parts.append(lines[-1].strip(_BLANK))
    return "".join(parts).strip(_BLANK + "\n")


@cache
def _line_ends() -> re.Pattern[str]:
    """What some reader takes for the end of a line: Python splits at all of these."""
    return re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


@cache
def _unwritable() -> re.Pattern[str]:
    """Characters that no value keeps. Compiled where a tag file is written: 0.4 ms that a reader saves."""
    return re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff]")


@cache
def _label() -> re.Pattern[str]:
    """A label that can be written."""
    return re.compile(
        r"[^\s:\x00-\x1f\x7f-\x9f\ud800-\udfff\ufeff]"
        r"(?:[^:\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]*[^\s:])?"
    )


@lru_cache(maxsize=256)
def _is_label(label: str) -> bool:
    return len(label) <= LONGEST_WORD and _label().fullmatch(label) is not None


def unfolded(value: str) -> str:
    """The value on one line, as a reader expects the lines of another writer's folding to be joined."""
    return " ".join(value.split("\n"))


def plain_value(text: str) -> str:
    """The text as a tag can carry it, which is what parsing gives back after rendering.

    All ends of lines become LF, white space round each line goes, as do empty lines at either end; controls
    and what is not UTF-8 become U+FFFD; a word of more than 16,384 characters is broken.
    """
    if text.isprintable() and len(text) <= LONGEST_WORD:  # nearly every value: no ends of lines, no controls
        return text.strip()
    lines = [_unwritable().sub("\ufffd", line).strip() for line in _line_ends().split(text)]
    broken = [piece for line in lines for piece in _word_pieces(line)]
    return "\n".join(broken).strip("\n")


def _word_pieces(line: str) -> list[str]:
    if len(line) <= LONGEST_WORD:
        return [line]
    pieces: list[list[str]] = [[]]
    for word in re.split("(?<= )(?=[^ ])", line):
        for start in range(0, len(word), LONGEST_WORD):
            if start:
                pieces.append([])
            pieces[-1].append(word[start : start + LONGEST_WORD])
    return ["".join(piece).strip() for piece in pieces]


def render_tag_file(tags: Iterable[Tag]) -> bytes:
    """The bytes of a tag file: UTF-8, LF, in the order given, long values and values of several lines folded.

    No value can forge a tag: every line that some reader sees after the first begins with a space. Raises
    ValueError for a label that no tag can have: empty, with a colon, controls or white space round it, or of
    more than LONGEST_WORD characters.
    """
    lines: list[str] = []
    for label, value in tags:
        if not _is_label(label):
            raise ValueError(f"no tag can be called {label[:QUOTED]!r}")
        indent = f"{label}: "
        for line in plain_value(value).split("\n"):
            for piece in _folded(line, _WIDTH - len(indent)):
                lines.append(indent + piece)
                indent = _INDENT
    return "".join(f"{line}\n" for line in lines).encode()


def _folded(line: str, room: int) -> list[str]:
    """The line in pieces of at most `room` characters where its spaces allow it; a piece keeps its space."""
    if len(line) <= room:
        return [line]
    pieces: list[str] = []
    current = ""
    for word in re.split("(?<=[^ \t] )(?=[^ \t])", line):
        if current and len(current) + len(word.rstrip(" ")) > room:
            pieces.append(current)
            current = ""
            room = _WIDTH - len(_INDENT)
        current += word
    return [*pieces, current]
