"""Codes about copies for use."""

from collections.abc import Mapping
from typing import Final

from archive.core.finding_codes.model import FindingCode, error, warning

EXPORTS: Final[Mapping[str, FindingCode]] = {
    "EXPORT-DAMAGED": error(
        "The held bytes of a document are not those recorded, and no copy of it was made.",
        "Audit it; take it from another copy of the archive.",
    ),
    "EXPORT-EARLIER-TITLE": warning(
        "A bag that was copied holds an earlier description with a title that was not to be shown.",
        "Give it only to those who may see that title; or export the document --as files.",
    ),
    "EXPORT-NOT-HELD": error(
        "A document was withdrawn or disposed of, and no copies are made of it any more.",
        "archive history ID says when and why.",
    ),
    "EXPORT-TITLE-HIDDEN": error(
        "A bag holds a title that is not to be shown, and no copy of the bag was made.",
        "For somebody who may see it, add --restricted-ok --reason TEXT; or export it --as files.",
    ),
    "EXPORT-UNREADABLE": error(
        "Storage did not give the bytes of a document, and no copy of it was made.",
        "Mend the medium or the permission, then export it again.",
    ),
}
