"""Bytes to an element tree, or the finding that says why not: nothing is fetched, nothing is expanded.

A document type declaration is refused before anything in it is read: it is the door of every entity attack,
and no description needs one.
"""

import codecs
import re
from collections.abc import Mapping
from typing import Any, Final

from lxml import etree

from archive.core.findings import At, Finding, error
from archive.core.limits.descriptions import (
    LONGEST_XML_NAMESPACE,
    MAX_DEPTH,
    MAX_XML_ATTRIBUTES,
    MAX_XML_DECLARATIONS,
)
from archive.core.text import printable
from archive.formats.descriptions.text_encoding import unmarked

_BARE: Final = "a bare & is written &amp; and a bare < is written &lt;"
_CUT_OFF: Final = "fetch or save the file anew where it is cut off; else write the end tags that it lacks"
_CODES: Final = etree.ErrorTypes
# UTF-16 without a mark shows by its first characters (XML 1.0 Appendix F.1); libxml2 asks for a declaration.
_UNMARKED: Final[Mapping[str, bytes]] = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
_REMEDIES: Final[Mapping[int, str]] = {
    **dict.fromkeys(
        (
            _CODES.ERR_ATTRIBUTE_WITHOUT_VALUE,
            _CODES.ERR_ENTITYREF_SEMICOL_MISSING,
            _CODES.ERR_GT_REQUIRED,
            _CODES.ERR_LT_IN_ATTRIBUTE,
            _CODES.ERR_NAME_REQUIRED,
        ),
        _BARE,
    ),
    **dict.fromkeys(
        (
            _CODES.ERR_ATTRIBUTE_NOT_FINISHED,
            _CODES.ERR_CDATA_NOT_FINISHED,
            _CODES.ERR_COMMENT_NOT_FINISHED,
            _CODES.ERR_TAG_NOT_FINISHED,
        ),
        _CUT_OFF,
    ),
    _CODES.ERR_INVALID_CHAR: "remove the character, which XML cannot hold",
    _CODES.ERR_INVALID_ENCODING: "save the file as UTF-8, or declare its encoding in its first line, such as"
    ' <?xml version="1.0" encoding="ISO-8859-1"?>',
    _CODES.ERR_TAG_NAME_MISMATCH: "give every element an end tag of its own name; a bare < is written &lt;",
}
_AT_AN_END: Final = frozenset((_CODES.ERR_GT_REQUIRED, _CODES.ERR_NAME_REQUIRED))  # or within the file
_LINE = re.compile(r"\bline ([0-9]+)")
_ENTITY = re.compile(r"Entity '([A-Za-z][A-Za-z0-9]{0,40})' not defined")
_PLACE = re.compile(r", line [0-9]+, column [0-9]+\s*$")  # which the finding says in places of its own
_DEEP: Final = "Excessive depth in document"  # libxml2's words at 256 levels, where it ends
# Round a record that is parsed by itself; the parser names it where an end tag is lacking.
_AROUND: Final = "end-of-the-record"
_UNCLOSED = re.compile(rf"mismatch: (\S+) line ([0-9]+) and {_AROUND}")


class _PrologEndsError(Exception):
    """The first element was reached."""


class _DoctypeError(Exception):
    """A document type declaration was met."""


class _Prolog:
    """Stops the parser at the first element, or at a document type declaration before it."""

    def start(self, _tag: str, _attributes: Any) -> None:
        raise _PrologEndsError

    def doctype(self, _name: str, _public: str, _system: str) -> None:
        raise _DoctypeError

    def close(self) -> None:
        """Nothing is built."""


def parsed(name: str, data: bytes) -> Any:
    """The root element of a document, or the finding that there is none."""
    if not data.strip():
        return error("DESC-EMPTY", name, "the file is empty", at=At(file=name))
    data = _UNMARKED.get(unmarked(data) or "", b"") + data
    try:
        etree.fromstring(data, _parser(target=_Prolog()))
    except _PrologEndsError:
        pass
    except _DoctypeError:
        return doctype_refused(name)
    except (etree.XMLSyntaxError, ValueError, LookupError) as broken:
        return _syntax(name, broken, remedy=_of_whole(data, broken))
    try:
        root = etree.fromstring(data, _parser())
    except (etree.XMLSyntaxError, ValueError, LookupError) as broken:
        return _syntax(name, broken, remedy=_of_whole(data, broken))
    return _too_much(name, root, 0) or root


class RecordParser:
    """Parses records cut out of a document, each by itself; `namespaces` are declared round them."""

    def __init__(self, name: str, namespaces: str) -> None:
        self._name = name
        self._opening = f"<{_AROUND}{namespaces}>\n"
        try:
            etree.fromstring(f"{self._opening}</{_AROUND}>", _parser())
        except (etree.XMLSyntaxError, ValueError):
            self._opening = f"<{_AROUND}>\n"  # what was declared is broken itself
        self._parser = _parser()

    def parse(self, text: str, line: int, column: int) -> Any:
        """The record's element; a finding with the line and column of the file where it is broken."""
        data = f"{self._opening}{text}</{_AROUND}>".encode()
        try:
            around = etree.fromstring(data, self._parser)
        except (etree.XMLSyntaxError, ValueError) as broken:
            return _syntax(self._name, broken, line - 2, column - 1)
        return _too_much(self._name, around, line - 2, len(around.nsmap)) or next(iter(around))


def doctype_refused(name: str, line: int | None = None) -> Finding:
    """The error for a document type declaration."""
    return error(
        "DESC-XML-DOCTYPE",
        f"{name}:{line}" if line else name,
        "holds a document type declaration, which is never read",
        at=At(file=name, line=line),
        remedy="remove the <!DOCTYPE …> from the file",
    )


def _parser(**more: Any) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        **more,
    )


def _of_whole(data: bytes, broken: Exception) -> str | None:
    """What to do about a file that is no XML, or ends within a tag; None where the error itself says it."""
    code = getattr(broken, "code", None)
    if code == _CODES.ERR_DOCUMENT_EMPTY:
        if data.removeprefix(codecs.BOM_UTF8).lstrip().startswith((b"{", b"[")):
            return "the file holds JSON: give it the ending .json"
        return "give the file the ending of what it is, or write it in XML"
    if code in _REMEDIES and code not in _AT_AN_END:
        return None
    opened = data.rfind(b"<")
    within = opened > data.rfind(b">") and getattr(broken, "lineno", 0) > data.count(b"\n", 0, opened)
    return _CUT_OFF if within else None


def _syntax(
    name: str, broken: Exception, lines: int | None = None, columns: int = 0, *, remedy: str | None = None
) -> Finding:
    """The error, `lines` further down, and on the first line of a record `columns` to the right."""
    counted = getattr(broken, "lineno", None) or None
    if lines is not None and counted is not None:
        counted = max(counted, 2)  # the first line is that of our own start tag
    line = counted + (lines or 0) if counted is not None else None
    column = getattr(broken, "offset", None) or None
    if column and columns and counted == 2:
        column += columns
    said = _PLACE.sub("", str(getattr(broken, "msg", None) or broken)).strip().partition("\n")[0]
    said = _LINE.sub(lambda match: f"line {int(match[1]) + (lines or 0)}", said)
    if unclosed := _UNCLOSED.search(said):
        line, column = int(unclosed[2]), None
        said = f"the element {unclosed[1]} begins here and is never closed"
    entity = _ENTITY.search(said)
    is_deep = _DEEP in said
    return error(
        "DESC-TOO-DEEP" if is_deep else "DESC-XML-SYNTAX",
        f"{name}:{line}" if line else name,
        f"nested deeper than {MAX_DEPTH} levels" if is_deep else f"not well-formed XML: {said}",
        at=At(file=name, line=line, column=column),
        remedy=_of_entity(entity[1]) if entity else remedy or _REMEDIES.get(getattr(broken, "code", 0)),
    )


def _of_entity(entity: str) -> str:
    """What to write for an entity of HTML, of which XML knows none."""
    from html.entities import html5  # 2,231 names that few files need

    character = html5.get(f"{entity};")
    written = (
        f"{printable(character)} itself, or {_numbered(character)}," if character else "the character itself"
    )
    return f"write {written} for &{entity}; which XML does not know"


def _numbered(characters: str) -> str:
    return "".join(f"&#{ord(character)};" for character in characters)


def _too_much(name: str, root: Any, lines: int, around: int = 0) -> Finding | None:
    """Why nothing is read in an element; `around` declarations of namespaces are not the file's own."""
    depth, declared, longest = 0, -around, 0
    for event, element in etree.iterwalk(root, events=("start", "end", "start-ns", "end-ns")):
        if event == "start-ns":
            longest = max(longest, len(element[1]))
        if event != "start":
            depth -= event == "end"
            declared += (event == "start-ns") - (event == "end-ns")
            continue
        depth += 1
        if depth > MAX_DEPTH:
            message, expected, remedy = f"nested deeper than {MAX_DEPTH} levels", None, None
        elif (attributes := len(element.attrib)) > MAX_XML_ATTRIBUTES:
            message = f"an element of {attributes:,} attributes"
            expected, remedy = f"at most {MAX_XML_ATTRIBUTES:,}", "write as elements what they say"
        elif declared > MAX_XML_DECLARATIONS:
            message = f"{declared:,} declarations of namespaces are in force here"
            expected, remedy = f"at most {MAX_XML_DECLARATIONS:,}", "leave out those that nothing needs"
        elif longest > LONGEST_XML_NAMESPACE:
            message = f"a namespace with a name of {longest:,} characters is declared here"
            expected, remedy = f"at most {LONGEST_XML_NAMESPACE:,}", None
        else:
            continue
        line = element.sourceline + lines
        return error(
            "DESC-TOO-DEEP" if depth > MAX_DEPTH else "DESC-TOO-LARGE",
            f"{name}:{line}",
            message,
            at=At(file=name, line=line),
            expected=expected,
            remedy=remedy,
        )
    return None
