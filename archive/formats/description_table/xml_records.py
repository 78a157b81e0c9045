"""A set of records in XML: qualified Dublin Core, and beside it which document each is of."""

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from archive.core.descriptions.access import FIELD as ACCESS
from archive.core.descriptions.dcterms import DC_NAMESPACE, DCTERMS_NAMESPACE, REFINES
from archive.core.descriptions.description import Value
from archive.core.text import printable
from archive.formats.description_table.cells import LeftOut, TableRow
from archive.formats.description_table.columns import is_free
from archive.formats.oai_dc import xml_language
from archive.formats.xml_text import is_xml_text, xml_attribute, xml_text

_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<records xmlns:dc="{DC_NAMESPACE}" xmlns:dcterms="{DCTERMS_NAMESPACE}"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
)
_ELEMENT: Final = re.compile(
    "[A-Za-z_][A-Za-z0-9_.-]*"
)  # of the names that XML has, those nobody has to quote
_CHARACTER: Final = "a value holds a character that XML cannot carry"
_NAME: Final = "its name is none that an element can have"


def xml_records(rows: Iterable[TableRow], out: BinaryIO) -> list[LeftOut]:
    """Writes the set, a record at a time; returns what XML cannot carry, field by field."""
    left: dict[tuple[str, str], tuple[str, int]] = {}
    out.write(_HEAD.encode())
    for row in rows:
        lines = ["<record>", *_named(row)]
        for element, attributes, text, why in _elements(row):
            if why:
                first, count = left.get((element, why), (row.reference, 0))
                left[element, why] = (first, count + 1)
            else:
                lines.append(f"  <{element}{attributes}>{xml_text(text)}</{element}>")
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


def _elements(row: TableRow) -> Iterator[tuple[str, str, str, str]]:
    """Element, attributes and text of each value, and why it cannot be written (empty: it can)."""
    for term, values in row.description.terms.items():
        element = f"{'dcterms' if term in REFINES else 'dc'}:{term}"
        for value in values:
            yield element, _attributes(value), value.value, "" if is_xml_text(value.value) else _CHARACTER
    if row.description.access is not None:
        yield "access", "", str(row.description.access), ""
    for name, texts in row.description.other.items():
        free = is_free(name) or (name == ACCESS and row.description.access is None)
        why = "" if _ELEMENT.fullmatch(name) and free else _NAME
        for text in texts:
            yield name, "", text, why or ("" if is_xml_text(text) else _CHARACTER)


def _attributes(value: Value) -> str:
    language = xml_language(value.lang) if value.lang else ""
    said = f' xml:lang="{language}"' if language else ""
    return said + (f' xsi:type="{xml_attribute(value.scheme)}"' if value.scheme else "")
