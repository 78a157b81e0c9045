"""A set of records in XML: qualified Dublin Core, and beside it which document each is of."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, Final

from archive.core.descriptions.access import FIELD as ACCESS
from archive.core.descriptions.dcterms import DC_NAMESPACE, DCTERMS_NAMESPACE, REFINES
from archive.core.descriptions.description import Value
from archive.core.text import printable
from archive.formats.description_table.cells import LeftOut, TableRow
from archive.formats.description_table.columns import is_free
from archive.formats.xml_text import is_xml_text, xml_attribute, xml_text

_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<records xmlns:dc="{DC_NAMESPACE}" xmlns:dcterms="{DCTERMS_NAMESPACE}"'
    ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
)
_ELEMENT: Final = re.compile(
    "[A-Za-z_][A-Za-z0-9_.-]*"
)  # of the names that XML has, those nobody has to quote
_DUBLIN_CORE: Final = ("  <dc:", "  <dcterms:")
_NOTHING: Final = "  <dc:title/>"  # a record is known by its Dublin Core; an empty element changes nothing
_CHARACTER: Final = "a value holds a character that XML cannot carry"
_NAME: Final = "its name is none that an element can have"
_OURS: Final = "its name is one that this program gives a meaning of its own"
_LETTERS: Final = (
    "elements are named by A to Z, a to z, digits, _, . and - alone, and its name has other letters"
)
# XML 1.0 §2.3 NameStartChar and what NameChar adds, without the colon.
_BEGINS: Final = (
    r"A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    r"\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_XML_NAME: Final = (
    rf"[{_BEGINS}][{_BEGINS}.0-9\xb7\u0300-\u036f\u203f\u2040-]*"  # compiled where it is asked for
)


def xml_records(rows: Iterable[TableRow], out: BinaryIO) -> list[LeftOut]:
    """Writes the set, a record at a time; returns what XML cannot carry, field by field.

    Of a field with such a value none is written: those that were would be taken for all that it has. Where
    no field of Dublin Core is left, the record has an empty title, which leaves the one that is held.
    """
    left: dict[tuple[str, str], tuple[str, int]] = {}
    out.write(_HEAD.encode())
    for row in rows:
        lines = ["<record>", *_named(row)]
        for element, values in _fields(row):
            if why := next(filter(None, map(_why_not, values)), _why_no_element(element, row)):
                first, count = left.get((element, why), (row.reference, 0))
                left[element, why] = (first, count + 1)
            else:
                lines += [f"  <{element}{_attributes(v)}>{xml_text(v.value)}</{element}>" for v in values]
        if not any(line.startswith(_DUBLIN_CORE) for line in lines):
            lines.append(_NOTHING)
        out.write("\n".join((*lines, "</record>\n")).encode())
    out.write(b"</records>\n")
    return [LeftOut(*key, *seen) for key, seen in left.items()]


def _named(row: TableRow) -> Iterator[str]:
    facts = {
        "reference": row.reference,
        "id": row.id,
        "revision": str(row.revision),
        "filename": row.filename,
    }
    for name, text in facts.items():
        yield f"  <{name}>{xml_text(text if is_xml_text(text) else printable(text))}</{name}>"


def _fields(row: TableRow) -> Iterator[tuple[str, Sequence[Value]]]:
    """The element of each field, and its values."""
    for term, values in row.description.terms.items():
        yield f"{'dcterms' if term in REFINES else 'dc'}:{term}", values
    if row.description.access is not None:
        yield ACCESS, [Value(str(row.description.access))]
    for name, texts in row.description.other.items():
        yield name, [Value(text) for text in texts]


def _why_no_element(element: str, row: TableRow) -> str:
    """Why an element cannot have that name; empty where it can."""
    if element not in row.description.other:
        return ""
    if _ELEMENT.fullmatch(element):
        free = is_free(element) or (element == ACCESS and row.description.access is None)
        return "" if free else _OURS
    return _LETTERS if re.fullmatch(_XML_NAME, element) else _NAME


def _why_not(value: Value) -> str:
    return "" if all(part is None or is_xml_text(part) for part in value) else _CHARACTER


def _attributes(value: Value) -> str:
    """Language, scheme and IRI exactly as they are, so that they are the same when they are read again."""
    _, lang, scheme, uri = value
    stated = (("xml:lang", lang), ("xsi:type", scheme), ("rdf:resource", uri))
    return "".join(f' {name}="{xml_attribute(part)}"' for name, part in stated if part)
