"""Codes about bags in a tar or zip: the container, its members, their names."""

from collections.abc import Mapping
from typing import Final

from archive.core.finding_codes.model import FindingCode, error, note, warning
from archive.core.findings import Severity

_AGAIN = "Ask for the archive again; the copy at hand is not what was packed."
_PACK = "Do not unpack it; ask for one packed anew by an ordinary tar or zip."
_NAMES = "Do not unpack it; ask whoever made it for plain relative names."
_UNPACK = "Unpack it with a program that reads it, in a place of its own, and verify the folder."

CONTAINERS: Final[Mapping[str, FindingCode]] = {
    "SER-AFTER-END": error("Something follows the end of the archive.", _PACK),
    "SER-BEFORE-BEGIN": error("Something lies before the beginning of the archive.", _PACK),
    "SER-BUDGET-BYTES": error(
        "The archive expands to more than its size allows for; reading stopped.",
        "If it is known to be honest, say how much it may be: --max-expanded 500G.",
    ),
    "SER-BUDGET-MEMBERS": error(
        "The archive holds more members than are read; reading stopped.",
        "If it is known to be honest, unpack it and verify the folder.",
    ),
    "SER-CHANGED": error(
        "The archive was written to while it was read.", "Verify it when nobody writes to it."
    ),
    "SER-COMPRESSED-DAMAGED": error("The compressed data is damaged.", _AGAIN),
    "SER-COMPRESSION-ABSENT": error(
        "The archive is compressed with zstd, which cannot be expanded here.",
        "Install document-archive[zstd], or unpack it and verify the folder.",
    ),
    "SER-COMPRESSION-MEMORY": error("Expanding the archive takes more memory than is given to it.", _UNPACK),
    "SER-EMPTY": error(
        "The archive holds no folder that could be a bag.", "Look whether it is the right file."
    ),
    "SER-GAP": error("Bytes of a zip belong to no member.", _PACK),
    "SER-HEADER-AMBIGUOUS": error("Two readers would see different files in the archive.", _PACK),
    "SER-HEADER-DAMAGED": error("A header of the archive is damaged.", _AGAIN),
    "SER-HEADER-SYNTAX": error("A header of the archive is not as its format has it.", _PACK),
    "SER-KIND": error("The file is neither a tar nor a zip.", "Name the bag's folder, tar or zip."),
    "SER-OVERLAP": error("Members of a zip overlap: one stretch of it is several files.", _PACK),
    "SER-PADDING": warning(
        "Bytes behind a member of a tar, which belong to no file, are not zero.",
        "Nothing has to be done: unpacking passes over them. Where nobody knows why, ask for the tar again.",
    ),
    "SER-ROOT-ABSENT": warning(
        "The bag lies at the top of the archive, not in a folder of its own.",
        "Unpack it into a new folder only.",
    ),
    "SER-ROOT-NAME": note(
        "The archive is not called like the folder that it holds.", "Nothing has to be done."
    ),
    "SER-ROOTS": error(
        "The archive unpacks to more than one folder or file.",
        "Ask for one that holds the bag's folder and nothing beside it.",
    ),
    "SER-TRUNCATED": error("The archive is cut off.", _AGAIN),
    "SER-UNREADABLE": error(
        "The archive could not be read; nothing is known about it.",
        "Mend the permission or the medium, then again.",
    ),
}

MEMBERS: Final[Mapping[str, FindingCode]] = {
    "SER-DEPTH": error(
        "A member lies below more folders than are looked at.",
        "Ask for a bag with fewer folders below each other.",
    ),
    "SER-ENCRYPTED": error("A member is encrypted.", "Decrypt it and verify the folder."),
    "SER-MEMBER-BELOW-FILE": error("Members lie below a member that is no folder.", _PACK),
    "SER-MEMBER-CRC": error("A member's content does not have the CRC that the zip states.", _AGAIN),
    "SER-MEMBER-DAMAGED": error("A member's compressed data is damaged.", _AGAIN),
    "SER-MEMBER-HARD-LINK": error(
        "A member is a hard link to another.", "Ask for a tar packed with --hard-dereference."
    ),
    "SER-MEMBER-REPEATED": error("Two members have one name.", _PACK),
    "SER-MEMBER-SIZE": error("A member does not expand to the size that is stated.", _PACK),
    "SER-MEMBER-THROUGH-LINK": error("Members lie below a link, which is never followed.", _PACK),
    "SER-MEMBER-UNSUPPORTED": error("A member is of a kind that is not read here.", _UNPACK),
    "SER-METHOD": error("A member is compressed in a way that is not read here.", _UNPACK),
    "SER-NAME-ABSOLUTE": error("A member's name is absolute and leaves the bag.", _NAMES),
    "SER-NAME-BACKSLASH": warning("A member's name holds a backslash.", _NAMES),
    "SER-NAME-DRIVE": error("A member's name begins with a drive letter.", _NAMES),
    "SER-NAME-EMPTY": error("A member has no name.", _NAMES),
    "SER-NAME-ENCODING": warning(
        "A member's name is in an encoding that the zip does not state.",
        "Compare the names with the manifest.",
    ),
    "SER-NAME-LONG": error("A member's name is too long for a file.", _NAMES),
    "SER-NAME-NUL": error("A member's name holds a NUL character.", _NAMES),
    "SER-NAME-SPELLING": warning("A member's name has empty or dot components.", _NAMES),
    "SER-NAME-TRAVERSAL": error("A member's name climbs out with two dots.", _NAMES),
}

# With one of these nothing of the bag, or not all of it, was judged: what is not judged cannot be tolerated.
REFUSALS: Final = frozenset(
    code for code, known in {**CONTAINERS, **MEMBERS}.items() if known.severity is Severity.ERROR
) - {"SER-ROOTS"}
