"""Codes about the grammar of bags (RFC 8493)."""

from collections.abc import Mapping
from typing import Final

from archive.core.finding_codes.model import FindingCode, error, warning

_ASK = "Ask whoever made the bag for a correct one, or make it anew."
_PATH = "Do not use the bag as it is; ask whoever made it for one with plain relative paths."
_NOTHING = "Nothing has to be done; whoever made the bag may want to know."

DECLARATION: Final[Mapping[str, FindingCode]] = {
    "BAG-DECLARATION-BOM": error("bagit.txt begins with a byte order mark, so it cannot be read.", _ASK),
    "BAG-DECLARATION-CHARSET": error("bagit.txt names a character set that is not known.", _ASK),
    "BAG-DECLARATION-ENCODING": error("bagit.txt is not UTF-8.", _ASK),
    "BAG-DECLARATION-LINES": error("bagit.txt has not exactly two lines.", _ASK),
    "BAG-DECLARATION-SIZE": error("bagit.txt is far too large to be a declaration.", _ASK),
    "BAG-DECLARATION-SPACE": error("A line of bagit.txt has white space where none may be.", _ASK),
    "BAG-DECLARATION-SPELLING": warning(
        "bagit.txt spells a character set that is known as no registry does.", _NOTHING
    ),
    "BAG-DECLARATION-SYNTAX": error("A line of bagit.txt is not the one it must be.", _ASK),
    "BAG-VERSION-NEWER": warning(
        "The bag is of a newer BagIt version and was judged as 1.0.", "Look whether a newer release knows it."
    ),
    "BAG-VERSION-UNKNOWN": error("The bag names a BagIt version that there is not.", _ASK),
}

_RESTORE = "Ask whoever made the bag for that file, or for the whole bag again."
_READ = "Look at the storage and at who may read the file, then verify again."

FILES: Final[Mapping[str, FindingCode]] = {
    "BAG-ALGORITHM-TWICE": error("Two manifests are of one algorithm.", _ASK),
    "BAG-ALGORITHM-WEAK": warning(
        "Only md5 or sha1 vouch for the payload; files with the same digest can be made.",
        "Add a manifest with sha512 once the bag is verified.",
    ),
    "BAG-DATA-MISSING": error("There is no payload folder, data/.", _ASK),
    "BAG-DECLARATION-MISSING": error("There is no bagit.txt, so it is not known to be a bag.", _ASK),
    "BAG-FETCH-OUTSTANDING": error(
        "A file that fetch.txt names is not there yet.", "Fetch what fetch.txt names, then verify again."
    ),
    "BAG-FETCH-SIZE": warning("A file is not as long as fetch.txt says.", _NOTHING),
    "BAG-FETCH-UNLISTED": error("fetch.txt names a file that a payload manifest does not list.", _ASK),
    "BAG-FILE-ALTERED": error("A file was read in full and has not the digest that is listed.", _RESTORE),
    "BAG-FILE-FOLDER": error(
        "A folder stands where a file has to be: under a listed path, or a tag file's name.", _ASK
    ),
    "BAG-FILE-LINK": error(
        "A symbolic link stands in the bag; it was not followed, and nothing vouches for what it shows.",
        "Ask for a bag with the file in its place.",
    ),
    "BAG-FILE-MISSING": error("A manifest lists a file that is not there.", _RESTORE),
    "BAG-FILE-SPECIAL": error("A pipe, socket or device stands in the bag; it was not opened.", _ASK),
    "BAG-FILE-UNLISTED": error(
        "A payload file is there that a payload manifest does not list.",
        "Find out where it comes from; no digest vouches for it.",
    ),
    "BAG-FILE-UNREADABLE": error("A file or folder could not be read; nothing is known of it.", _READ),
    "BAG-MANIFEST-MANY": error("There are more manifests than algorithms; not all were read.", _ASK),
    "BAG-MANIFEST-MISSING": error("There is no payload manifest: nothing vouches for the payload.", _ASK),
    "BAG-OXUM-WRONG": error("Payload-Oxum is not the number of bytes and files of the payload.", _ASK),
    "BAG-TAG-SIZE": error("A tag file is far too large to be one.", _ASK),
    "BAG-TAG-UNLISTED": warning("A tag manifest does not list a tag file.", _NOTHING),
    "BAG-TAGMANIFEST-LACKS": error("A tag manifest does not list a payload manifest.", _ASK),
    "BAG-UNREADABLE": error("The bag itself could not be opened; nothing is known of it.", _READ),
}

NAMES: Final[Mapping[str, FindingCode]] = {
    "BAG-NAME-CASE": warning("Two files differ only in case or Unicode form.", _NOTHING),
    "BAG-NAME-FORM": warning(
        "A listed file is there under another Unicode form of its name; the digests decided.", _NOTHING
    ),
    "BAG-NAME-UNPORTABLE": warning("Some systems or programs cannot take a name.", _NOTHING),
}

LINES: Final[Mapping[str, FindingCode]] = {
    "BAG-ALGORITHM-NAME": warning("A manifest's file name spells its algorithm in an unusual way.", _NOTHING),
    "BAG-ALGORITHM-UNKNOWN": error(
        "A manifest is of an algorithm that cannot be verified here.",
        "Ask for a manifest with sha512 or sha256; until then this one proves nothing.",
    ),
    "BAG-ENCODING-BOM": error("A manifest or tag file begins with a byte order mark.", _ASK),
    "BAG-ENCODING-BYTES": error("A manifest or tag file is not in the encoding that bagit.txt states.", _ASK),
    "BAG-FETCH-LENGTH": error("A line of fetch.txt has a length that is neither digits nor a dash.", _ASK),
    "BAG-FETCH-REPEATED": error("fetch.txt lists one path twice.", _ASK),
    "BAG-FETCH-SYNTAX": error("A line of fetch.txt is not a URL, a length and a path.", _ASK),
    "BAG-FETCH-URL": error("A line of fetch.txt begins with no absolute URL.", _ASK),
    "BAG-FETCH-URL-SYNTAX": warning(
        "A URL of fetch.txt holds a character, or an escape, that no URL may hold.", _NOTHING
    ),
    "BAG-FINDINGS-MORE": warning(
        "One file gave more findings than are listed.", "Mend those that are listed, then look again."
    ),
    "BAG-LINE-BLANK": warning("A manifest or tag file has a blank line.", _NOTHING),
    "BAG-LINE-COMMENT": warning("A manifest has a comment.", _NOTHING),
    "BAG-LINE-CONTRADICTS": error("A manifest lists one path with two different digests.", _ASK),
    "BAG-LINE-DIGEST": error("A manifest line does not begin with a digest of its algorithm.", _ASK),
    "BAG-LINE-LONG": error("A line is too long to be read.", _ASK),
    "BAG-LINE-REPEATED": error("A manifest lists one path twice.", _ASK),
    "BAG-LINE-STAR": warning("A manifest line has the asterisk of md5sum before its path.", _NOTHING),
    "BAG-LINE-SYNTAX": error("A manifest line is not a digest and a path.", _ASK),
    "BAG-OXUM-REPEATED": error("bag-info.txt has more than one Payload-Oxum.", _ASK),
    "BAG-OXUM-SYNTAX": error("Payload-Oxum is not two numbers with a dot between them.", _ASK),
    "BAG-READING-STOPPED": error("Too much of a file is unreadable; the rest was not looked at.", _ASK),
    "BAG-TAG-COLON": error("A line of a tag file has no colon with white space behind it.", _ASK),
    "BAG-TAG-SYNTAX": error(
        "A line of a tag file is neither a label with a value nor its continuation.", _ASK
    ),
    "BAG-TAGMANIFEST-LISTED": error("A tag manifest lists a tag manifest.", _ASK),
    "BAG-TAGMANIFEST-PAYLOAD": error("A tag manifest lists a payload file.", _ASK),
}

PATHS: Final[Mapping[str, FindingCode]] = {
    "BAG-PATH-ABSOLUTE": error("A path is absolute and leaves the bag; it was not opened.", _PATH),
    "BAG-PATH-COMPONENT": error("A path has an empty or dot component, or names a folder.", _PATH),
    "BAG-PATH-DOT": warning("A path begins with a dot and a slash.", _NOTHING),
    "BAG-PATH-DRIVE": error("A path begins with a drive letter; it was not opened.", _PATH),
    "BAG-PATH-EMPTY": error("A path is empty.", _ASK),
    "BAG-PATH-HOME": error("A path begins with a tilde, a home folder; it was not opened.", _PATH),
    "BAG-PATH-NUL": error("A path holds a NUL character, which no file name can.", _ASK),
    "BAG-PATH-OUTSIDE": error("A payload path is not below data/.", _PATH),
    "BAG-PATH-PERCENT": warning("A percent sign in a path is not written as %25.", _NOTHING),
    "BAG-PATH-TRAVERSAL": error("A path climbs out with two dots; it was not opened.", _PATH),
    "BAG-PATH-UNC": error("A path names a network share; it was not opened.", _PATH),
}
