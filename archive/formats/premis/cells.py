"""The cells of a table that a PREMIS document keeps: to be left out where a title is not to be told."""

import re
from typing import Final

from archive.formats.premis import parts

# As `parts.details_xml` writes a detail; text of XML holds no `<`.
_DETAIL: Final = re.compile(
    rb"<eventDetailInformation><eventDetail>" + re.escape(parts.CELLS.encode()) + rb"[^<]*"
    rb"</eventDetail></eventDetailInformation>\n?"
)


def without_cells(document: bytes) -> bytes:
    """The PREMIS document, as `PremisWriter` wrote it, without texts of cells."""
    return _DETAIL.sub(b"", document)
