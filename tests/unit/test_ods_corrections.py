"""Cells of an ODS set to text in the tree of its content."""

import pytest
from lxml import etree

from archive.formats.corrections.ods_cells import set_ods_cells
from archive.formats.spreadsheet.ods_parts import NAMESPACES

_SPACES = " ".join(f'xmlns:{prefix}="{iri}"' for prefix, iri in NAMESPACES.items())


@pytest.mark.parametrize(
    "text",
    [
        "<text:p>eng</text:p>",
        "<text:h>eng</text:h>",
        "<text:list><text:list-item><text:p>eng</text:p></text:list-item></text:list>",
    ],
)
def test_what_a_cell_is_set_to_stands_in_the_place_of_all_that_stood_there(text: str) -> None:
    root = etree.fromstring(
        f"<office:document-content {_SPACES}><office:body><office:spreadsheet><table:table><table:table-row>"
        f'<table:table-cell office:value-type="string">{text}</table:table-cell></table:table-row>'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    assert set_ods_cells(root, 0, {(1, 0): "en"}) == set()
    assert [str(text) for text in root.itertext()] == ["en"]
