"""Comments of an XLSX: their texts (ECMA-376-1 §18.7), and the drawings without which Excel shows none."""

from collections.abc import Sequence
from typing import NamedTuple

from archive.core.tables.sheet import cell_name
from archive.core.tables.sheet_text import escaped
from archive.formats.spreadsheet.beside import OUR_AUTHOR
from archive.formats.spreadsheet.package_writer import DECLARATION
from archive.formats.spreadsheet.xlsx_parts import MAIN, PACKAGE_RELATIONS, RELATIONS
from archive.formats.xml_text import xml_text

_COLUMNS_WIDE, _ROWS_HIGH = 3, 6  # cells that a comment's box covers


class Comment(NamedTuple):
    """One comment at a row (from 1) and a column (from 0)."""

    row: int
    column: int
    text: str


def comment_parts(comments: Sequence[Comment]) -> dict[str, str]:
    """The parts that comments need; none for none."""
    if not comments:
        return {}
    listed = "".join(
        f'<comment ref="{cell_name(each.row, each.column)}" authorId="0">'
        f'<text><t xml:space="preserve">{xml_text(escaped(each.text))}</t></text></comment>'
        for each in comments
    )
    relations = (
        f'<Relationships xmlns="{PACKAGE_RELATIONS}">'
        f'<Relationship Id="drawing" Type="{RELATIONS}/vmlDrawing" Target="../drawings/vmlDrawing1.vml"/>'
        f'<Relationship Id="comments" Type="{RELATIONS}/comments" Target="../comments1.xml"/></Relationships>'
    )
    return {
        "xl/comments1.xml": f'{DECLARATION}<comments xmlns="{MAIN}"><authors><author>{OUR_AUTHOR}</author>'
        f"</authors><commentList>{listed}</commentList></comments>",
        "xl/drawings/vmlDrawing1.vml": _drawings(comments),
        "xl/worksheets/_rels/sheet1.xml.rels": DECLARATION + relations,
    }


def _drawings(comments: Sequence[Comment]) -> str:
    """A hidden box for each comment (VML, ECMA-376-4 §14.2)."""
    shapes = "".join(
        f'<v:shape id="c{number}" type="#note" style="position:absolute;visibility:hidden" '
        'fillcolor="#ffffe1"><v:shadow on="t" obscured="t"/><v:textbox/><x:ClientData ObjectType="Note">'
        f"<x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{_anchor(each)}</x:Anchor>"
        f"<x:AutoFill>False</x:AutoFill><x:Row>{each.row - 1}</x:Row><x:Column>{each.column}</x:Column>"
        "</x:ClientData></v:shape>"
        for number, each in enumerate(comments, 1)
    )
    return (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel">'
        '<v:shapetype id="note" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
        f'<v:stroke joinstyle="miter"/></v:shapetype>{shapes}</xml>'
    )


def _anchor(comment: Comment) -> str:
    """The box right of its cell: column, offset, row and offset of its first corner, then of its last."""
    left, top = comment.column + 1, comment.row - 1
    return f"{left}, 15, {top}, 2, {left + _COLUMNS_WIDE}, 15, {top + _ROWS_HIGH}, 4"
