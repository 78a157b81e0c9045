"""Codes about who may see a document, and about what it is part of."""

from collections.abc import Mapping
from typing import Final

from archive.core.finding_codes.model import FindingCode, error, note, warning

ACCESS: Final[Mapping[str, FindingCode]] = {
    "ACCESS-NOT-STATED": warning(
        "Nobody has said who may see a document, which does not mean that everybody may.",
        "Say it: archive describe ID --set access=open, restricted or 'embargoed until YYYY-MM-DD'.",
    ),
    "ACCESS-OVERRIDDEN": note(
        "A copy was made of a document that is restricted or embargoed, for the reason given.",
        "Nothing has to be done.",
    ),
    "ACCESS-RESTRICTED": error(
        "A document is restricted or embargoed, and no copy was made of it.",
        "For somebody who may see it, add --restricted-ok --reason TEXT.",
    ),
}

PARTS: Final[Mapping[str, FindingCode]] = {
    "PART-CIRCLE": error(
        "Documents are part of themselves, over one another.", "Empty dcterms.isPartOf of one of them."
    ),
    "PART-PARENT-ABSENT": warning(
        "A document is part of something that looks like a reference, and nothing held is called so.",
        "Write the reference of a held document, or a name.",
    ),
}
