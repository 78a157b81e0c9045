"""The parts of an ODS around its cells: styles, what is frozen, the list of members."""

from typing import Final

from archive.core.tables.sheet import Sheet
from archive.core.tables.sheet_text import escaped
from archive.formats.spreadsheet.looks import LOOKS
from archive.formats.spreadsheet.package_writer import DECLARATION
from archive.formats.xml_text import xml_attribute

MIMETYPE: Final = "application/vnd.oasis.opendocument.spreadsheet"
# Announces in meta.xml that `_xHHHH_` stands for a character that XML cannot carry.
ESCAPES: Final = "document-archive-escapes"

NAMESPACES: Final = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "number": "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
    "config": "urn:oasis:names:tc:opendocument:xmlns:config:1.0",
    "of": "urn:oasis:names:tc:opendocument:xmlns:of:1.2",
}
_CENTIMETRES_PER_CHARACTER: Final = 0.2  # of a 10 point text


def _root(name: str) -> str:
    spaces = " ".join(f'xmlns:{prefix}="{iri}"' for prefix, iri in NAMESPACES.items())
    return f'<office:{name} {spaces} office:version="1.3">'


CONTENT_ROOT: Final = _root("document-content")

_MANIFEST: Final = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
    'manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{MIMETYPE}"/>'
    + "".join(
        f'<manifest:file-entry manifest:full-path="{name}.xml" manifest:media-type="text/xml"/>'
        for name in ("content", "styles", "meta", "settings")
    )
    + "</manifest:manifest>"
)


def column_styles(sheet: Sheet) -> str:
    """A style for each width that occurs, and the one of the table."""
    widths = sorted({column.width for column in sheet.columns})
    columns = "".join(
        f'<style:style style:name="co{width}" style:family="table-column"><style:table-column-properties '
        f'style:column-width="{width * _CENTIMETRES_PER_CHARACTER:.2f}cm"/></style:style>'
        for width in widths
    )
    return columns + '<style:style style:name="ta1" style:family="table"/>'


def cell_styles() -> str:
    """A style for each mark; all are of the format "text", so that what is typed stays as it is typed."""
    styles = ['<number:text-style style:name="as-typed"><number:text-content/></number:text-style>']
    for mark, look in LOOKS.items():
        background = f' fo:background-color="#{look.background}"' if look.background else ""
        weight = ' fo:font-weight="bold"' if look.bold else ""
        slant = ' fo:font-style="italic"' if look.italic else ""
        styles.append(
            f'<style:style style:name="{mark.value}" style:family="table-cell" '
            'style:data-style-name="as-typed">'
            f'<style:table-cell-properties style:vertical-align="top" fo:wrap-option="wrap"{background}/>'
            f'<style:text-properties fo:color="#{look.colour}"{weight}{slant}/></style:style>'
        )
    return "".join(styles)


def around(sheet: Sheet) -> dict[str, str]:
    """Every part but the cells."""
    styles = _root("document-styles") + "<office:styles/></office:document-styles>"
    meta = (
        _root("document-meta") + "<office:meta><meta:generator>document-archive</meta:generator>"
        f'<meta:user-defined meta:name="{ESCAPES}" meta:value-type="string">_xHHHH_</meta:user-defined>'
        "</office:meta></office:document-meta>"
    )
    return {
        "styles.xml": DECLARATION + styles,
        "meta.xml": DECLARATION + meta,
        "settings.xml": DECLARATION + _settings(sheet),
        "META-INF/manifest.xml": DECLARATION + _MANIFEST,
    }


def _settings(sheet: Sheet) -> str:
    rows, columns = sheet.frozen_rows, sheet.frozen_columns
    numbers = {
        "HorizontalSplitMode": 2 if columns else 0,  # 2: frozen
        "VerticalSplitMode": 2 if rows else 0,
        "HorizontalSplitPosition": columns,
        "VerticalSplitPosition": rows,
        "PositionRight": columns,
        "PositionBottom": rows,
    }
    items = "".join(
        f'<config:config-item config:name="{name}" '
        f'config:type="{"short" if name.endswith("Mode") else "int"}">{number}</config:config-item>'
        for name, number in numbers.items()
    )
    name = xml_attribute(escaped(sheet.name))
    return (
        _root("document-settings")
        + '<office:settings><config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        '<config:config-item config:name="ViewId" config:type="string">view1</config:config-item>'
        '<config:config-item-map-named config:name="Tables">'
        f'<config:config-item-map-entry config:name="{name}">{items}</config:config-item-map-entry>'
        "</config:config-item-map-named>"
        f'<config:config-item config:name="ActiveTable" config:type="string">{name}</config:config-item>'
        "</config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set>"
        "</office:settings></office:document-settings>"
    )
