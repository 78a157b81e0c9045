"""Descriptions in YAML, built from the parser's events alone.

No constructor runs, so no tag can make an object and no scalar turns into anything but text: `no`, `1:30`
and `2001-01-01` stay what the depositor wrote; only `null` is no text. Aliases have a budget, duplicate keys
are refused.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import yaml

from archive.core.descriptions.description_access import UNREADABLE, is_access
from archive.core.findings import At, Finding, error
from archive.core.limits.descriptions import MAX_DEPTH, MAX_YAML_ALIASES, MAX_YAML_BYTES, MAX_YAML_NODES
from archive.core.limits.output import FINDINGS, QUOTED
from archive.core.text import printable
from archive.formats.descriptions.access_round import is_statement
from archive.formats.descriptions.row import DescribedRow
from archive.formats.descriptions.text_encoding import unicode_text
from archive.formats.descriptions.yaml_rows import COMMENT, NULL, Said, Top, Unread, rows_of

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN_TAGS = frozenset(
    (None, "!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
)
# Plain scalars that stand for no value (YAML 1.2.2 §10.3.2), and those of them that may be a name, too.
_NULLS = frozenset(("null", "Null", "NULL"))
_ABSENT = frozenset(("", "~")) | _NULLS
_DOUBTFUL = frozenset(("Null", "NULL"))

# What libyaml says, and what the person who wrote the file did.
_REMEDIES: Final = {
    "mapping values are not allowed": "put a text that holds “: ” into quotation marks",
    "cannot start any token": "indent with blanks, never with tabs; a text that begins with @, ` or % needs"
    " quotation marks",
    "while scanning a quoted scalar": "close the quotation mark; inside a quoted text write it twice",
    "unexpected end of stream": "close the quotation mark; inside a quoted text write it twice",
    "did not find expected": "look at the indentation, and for quotation marks inside a text",
    "could not find expected ':'": "look at the indentation, and for a line that belongs to the one above",
}
_QUOTE_IT: Final = "put a text that begins so into quotation marks"
_WRITE_OUT: Final = "write the values themselves where they are to stand"

_MARK = re.compile(r"(?<![^\r\n])---(?=[ \t\r\n]|\Z)")
_LINE_END = re.compile(r"\r\n?|\n")
_COMMENT = re.compile(r"[ \t]+(#[^\n]*)")
_COMMENT_OF_KEY = re.compile(r"[ \t]*:[ \t]+(#[^\n]*)")
# A line of neither comment nor directive; a document may be indented as a whole (YAML 1.2.2 §8.2.2).
_SOMETHING = re.compile(r"(?<![^\r\n])(?!%)[ \t]*[^# \t\r\n]")
# They end a line in YAML 1.1, by which libyaml reads, and none in YAML 1.2 (§5.4). What is meant depends on
# the program that wrote the file, so neither reading is chosen.
_DISPUTED = re.compile("[\x85\u2028\u2029]")
_NAMES: Final = {"\x85": "next line", "\u2028": "line separator", "\u2029": "paragraph separator"}


class _RefusedError(Exception):
    def __init__(self, code: str, message: str, line: int, remedy: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.line, self.remedy = code, message, line, remedy


def read_yaml(
    name: str, data: bytes, date_order: str | None, *, held: bool = False
) -> Iterator[DescribedRow | Finding]:
    """Each mapping of the file as a row: one document, several behind `---`, or a list of mappings.

    With `held` a mapping of a list need not name a file.
    """
    if len(data) > MAX_YAML_BYTES:
        yield error(
            "DESC-TOO-LARGE",
            name,
            f"{len(data):,} bytes of YAML",
            at=At(file=name),
            expected=f"at most {MAX_YAML_BYTES:,}",
            remedy="use CSV for many descriptions",
        )
        return
    text = unicode_text(name, data)
    if isinstance(text, Finding):
        yield text
        return
    found = False
    documents = list(_documents(text))
    for line, document in documents:
        for read in _document(name, document, line, date_order, held=held, alone=len(documents) == 1):
            found = True
            yield read
    if not found:
        yield error("DESC-EMPTY", name, "the file is empty", at=At(file=name))


def _documents(text: str) -> Iterator[tuple[int, str]]:
    """Each document with the number of lines before it.

    `---` at the beginning of a line always begins one (YAML 1.2.2 §9.1.2), so that a broken document costs
    no other. What stands before the first one, directives and comments, is none.
    """
    begin, before = 0, 0
    for match in (*_MARK.finditer(text), None):
        end = match.start() if match else len(text)
        document = text[begin:end]
        if begin or _SOMETHING.search(document):
            yield before, document
        before += len(_LINE_END.findall(document))
        begin = end


def _document(
    name: str, text: str, before: int, date_order: str | None, *, held: bool, alone: bool
) -> Iterator[DescribedRow | Finding]:
    """The records of one document, which is `alone` where the file holds no other."""
    if _DISPUTED.search(text):
        yield from islice(_disputed(name, text, before), FINDINGS)
        return
    builder = _Builder(before)
    given = False
    try:
        for value in builder.values(text):
            alone = alone and not given
            given = True
            said = list(builder.said())
            yield from rows_of(Top(value, said, builder.lines), name, date_order, held=held, alone=alone)
    except _RefusedError as refused:
        yield _broken(name, refused.line, refused.message, refused.code, refused.remedy, whole=not given)
    except (yaml.YAMLError, RecursionError) as broken:
        mark = getattr(broken, "problem_mark", None)
        why = getattr(broken, "problem", None) or getattr(broken, "reason", None) or "it cannot be parsed"
        line = mark.line + 1 + before if mark else None
        remedy = next((remedy for words, remedy in _REMEDIES.items() if words in why), None)
        yield _broken(name, line, f"not YAML: {why}", "DESC-YAML-SYNTAX", remedy, whole=not given)


def _disputed(name: str, text: str, before: int) -> Iterator[Finding]:
    """Each character of a document that ends a line to some programs and none to others."""
    line, seen = before + 1, 0
    for match in _DISPUTED.finditer(text):
        at = match.start()
        for end in _LINE_END.finditer(text, seen, at):
            line, seen = line + 1, end.end()
        char = match.group()
        number = f"U+{ord(char):04X}"
        behind = printable(text[max(seen, at - QUOTED) : at])
        where = f"behind “{behind}”" if behind else "first in its line"
        yield error(
            "DESC-YAML-SYNTAX",
            f"{name}:{line}",
            f"{number} ({_NAMES[char]}) stands {where}: it ends a line in YAML 1.1 and none in YAML 1.2;"
            " nothing of the document was read",
            at=At(file=name, line=line),
            found=number,
            remedy=f"take it out, or write it as “{printable(char)}” in a text in double quotation marks",
        )


def _broken(
    name: str, line: int | None, message: str, code: str, remedy: str | None, *, whole: bool
) -> Finding:
    """The error that ended a document; `whole` where nothing was read in front of it, either."""
    unread = "nothing of the document" if whole else "nothing from here to the end of the document"
    return error(
        code,
        f"{name}:{line}" if line else name,
        f"{message}; {unread} was read",
        at=At(file=name, line=line),
        remedy=remedy,
    )


class _Builder:
    """Turns events into text, lists and dicts; refuses what goes beyond the budgets."""

    def __init__(self, before: int = 0) -> None:
        self._before = before  # lines of the file before the document
        self.lines: dict[int, dict[str, int]] = {}  # of the keys, by the identity of their mapping
        self.duplicates: list[tuple[str, int]] = []
        self.unread: list[Unread] = []
        self._begun = (1, 1)  # the line and column in which the record begins that is being read
        self._ends: list[tuple[int, int, tuple[int, int]]] = []  # how many there were at the end of each
        self._anchors: dict[str, tuple[Any, int]] = {}  # the value and the nodes in it
        self._open: list[_Container] = []
        self._text = ""
        self._behind = (0, 0)  # where the scalar before ends, and in which line
        self._aliases = self._nodes = 0

    def values(self, text: str) -> Iterator[Any]:
        """The top value of each document. Raises _RefusedError and yaml.YAMLError."""
        self._text = text
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors.clear()
                self.lines.clear()
                self._aliases = self._nodes = 0
                continue
            line = self._before + (event.start_mark.line + 1 if event.start_mark else 1)
            if isinstance(event, yaml.NodeEvent):
                done, value = self._node(event, line)
            elif isinstance(event, yaml.CollectionEndEvent):
                done, value = True, self._close()
            else:
                continue
            while done and self._open:
                done = self._open[-1].add(value, line, self)
                if len(self._open) == 1 and isinstance(self._open[0].content, list):
                    self._ends.append((len(self.duplicates), len(self.unread), self._begun))
            if done and value is not None:
                yield value
            if done:
                self.duplicates, self.unread, self._ends = [], [], []

    def said(self) -> Iterator[Said]:
        """What is to be said of each record of the top value."""
        duplicate = comment = 0
        for *ends, begun in self._ends or [(len(self.duplicates), len(self.unread), self._begun)]:
            yield Said(self.duplicates[duplicate : ends[0]], self.unread[comment : ends[1]], *begun)
            duplicate, comment = ends

    def _node(self, event: Any, line: int) -> tuple[bool, Any]:
        self._nodes += 1
        if not self._open or (len(self._open) == 1 and isinstance(self._open[0].content, list)):
            self._begun = (line, event.start_mark.column + 1 if event.start_mark else 1)
        if isinstance(event, yaml.AliasEvent):
            return True, self._alias(str(event.anchor), line)
        if event.tag not in _PLAIN_TAGS:
            message = f"the tag {printable(event.tag[:80])} is not text"
            raise _RefusedError("DESC-YAML-TAG", message, line, _QUOTE_IT)
        if self._nodes > MAX_YAML_NODES:
            raise _RefusedError("DESC-TOO-LARGE", f"more than {MAX_YAML_NODES:,} values", line)
        if isinstance(event, yaml.ScalarEvent):
            absent = event.implicit[0] and not event.style and event.value in _ABSENT
            if event.value in _NULLS and self._open and self._open[-1].awaits_key:
                absent = False  # a name of one's own, like any other word there
            if absent and event.value in _DOUBTFUL:
                self._say(event.value, line, NULL)
            if not event.style and event.end_mark and not (absent and event.value):
                self._see_comment(event.end_mark, empty=absent)
            self._behind = (event.end_mark.index, event.end_mark.line) if event.end_mark else self._behind
            value = None if absent else event.value
            if event.anchor:
                self._anchors[event.anchor] = (value, 1)
            return True, value
        if len(self._open) >= MAX_DEPTH:
            raise _RefusedError("DESC-TOO-DEEP", f"nested deeper than {MAX_DEPTH} levels", line)
        content: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        if isinstance(content, dict):
            self.lines[id(content)] = {}
        self._open.append(_Container(content, event.anchor, self._nodes))
        return False, None

    def _see_comment(self, end: Any, *, empty: bool) -> None:
        """Takes note of a comment behind a plain text that ends at the mark, or in place of an `empty` one.

        An empty one inside braces ends where the next line begins: its comment stands behind the key.
        """
        line = end.line
        match = _COMMENT.match(self._text, end.index)
        if match is None and empty:
            at, line = self._behind
            match = _COMMENT_OF_KEY.match(self._text, at)
        if match is None:
            return
        comment = match[1].strip()
        of_access = empty and self._is_of_access() and is_statement(comment.lstrip("#").strip())
        self._say(comment, self._before + line + 1, UNREADABLE if of_access else COMMENT)

    def _say(self, text: str, line: int, code: str) -> None:
        if code == UNREADABLE or len(self.unread) < FINDINGS:
            self.unread.append(Unread(text, line, code))

    def _is_of_access(self) -> bool:
        """True where the value that is read stands under a key access, or in a list there."""
        inner = next((each for each in reversed(self._open) if isinstance(each.content, dict)), None)
        return inner is not None and inner.has_key and is_access(inner.key)

    def _alias(self, anchor: str, line: int) -> Any:
        self._aliases += 1
        if anchor not in self._anchors:
            message = f"*{printable(anchor[:80])} points to nothing finished"
            raise _RefusedError("DESC-YAML-ALIAS", message, line, _QUOTE_IT)
        value, nodes = self._anchors[anchor]
        self._nodes += nodes
        if self._aliases > MAX_YAML_ALIASES or self._nodes > MAX_YAML_NODES:
            message = f"more than {MAX_YAML_ALIASES} aliases, or they unfold too far"
            raise _RefusedError("DESC-YAML-ALIAS", message, line, _WRITE_OUT)
        return value

    def _close(self) -> Any:
        container = self._open.pop()
        if container.anchor:
            self._anchors[container.anchor] = (container.content, self._nodes - container.before + 1)
        return container.content


class _Container:
    """A list or mapping that is still open."""

    __slots__ = ("anchor", "before", "content", "has_key", "key")

    def __init__(self, content: Any, anchor: str | None, before: int) -> None:
        self.content, self.anchor, self.before = content, anchor, before
        self.has_key, self.key = False, ""

    @property
    def awaits_key(self) -> bool:
        """True for a mapping whose next value is a key."""
        return isinstance(self.content, dict) and not self.has_key

    def add(self, value: Any, line: int, builder: _Builder) -> bool:
        """Adds a value; always False, since the container stays open."""
        if isinstance(self.content, list):
            self.content.append(value)
        elif not self.has_key:
            if not isinstance(value, str):
                raise _RefusedError("DESC-YAML-SYNTAX", "a key that is not text", line)
            if value == "<<":
                raise _RefusedError("DESC-YAML-ALIAS", "merge keys (<<) are not read", line, _WRITE_OUT)
            self.key, self.has_key = value, True
            if value in self.content:
                builder.duplicates.append((value, line))
            else:
                builder.lines[id(self.content)][value] = line
        else:
            self.content.setdefault(self.key, value)
            self.has_key = False
        return False
