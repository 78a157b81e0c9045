"""Spreadsheets made by hand, in the two formats that are read."""

import io
from zipfile import ZIP_DEFLATED, ZipFile

OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def zipped(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return out.getvalue()


def ods(tables: str, styles: str = "") -> bytes:
    """An ODS with these tables, as other programs write it."""
    spaces = " ".join(f'xmlns:{name}="{OFFICE}{name}:1.0"' for name in ("office", "table", "text", "style"))
    spaces += ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'
    spaces += f' xmlns:number="{OFFICE}datastyle:1.0"'
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f"<office:document-content {spaces}><office:automatic-styles>{styles}"
            f"</office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet>"
            "</office:body></office:document-content>",
        }
    )


def ods_row(*cells: str, more: str = "") -> str:
    """A row of texts, or of cells where they begin with a tag."""
    written = (cell if cell.startswith("<") else ods_cell(cell) for cell in cells)
    return f"<table:table-row{more}>{''.join(written)}</table:table-row>"


def ods_cell(text: str, attributes: str = 'office:value-type="string"') -> str:
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def ods_table(*rows: str, name: str = "Sheet1", more: str = "") -> str:
    return f'<table:table table:name="{name}"{more}>{"".join(rows)}</table:table>'


def xlsx(
    rows: str,
    *,
    formats: dict[int, str] | None = None,
    styles: list[int] | None = None,
    more: str = "",
    parts: dict[str, str] | None = None,
) -> bytes:
    """An XLSX with these rows; `styles` are the number formats that s="0", s="1" … stand for.

    `more` stands behind the rows; `parts` are put beside the others.
    """
    codes = "".join(
        f'<numFmt numFmtId="{key}" formatCode="{code}"/>' for key, code in (formats or {}).items()
    )
    xfs = "".join(f'<xf numFmtId="{number}"/>' for number in styles or [0])
    return zipped(
        {
            "_rels/.rels": f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="a" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>",
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
            '<sheet name="Sheet1" sheetId="1" r:id="s1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": "<Relationships "
            'xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="s1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="st" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>',
            "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts>{codes}</numFmts><cellXfs>{xfs}</cellXfs>'
            "</styleSheet>",
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{more}'
            "</worksheet>",
            **(parts or {}),
        }
    )


def xlsx_row(number: int, *cells: str) -> str:
    written = (
        cell if cell.startswith("<") else f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells
    )
    return f'<row r="{number}">{"".join(written)}</row>'
