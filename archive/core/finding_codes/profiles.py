"""Codes about BagIt Profiles: the profile itself, and bags held against it."""

from collections.abc import Mapping
from typing import Final

from archive.core.finding_codes.model import FindingCode, error, note, warning

_PROFILE = "Ask whoever keeps the profile for a corrected one; until then no bag can be held against it."
_MEND = "Whoever keeps the profile may want to know; what is meant is clear."
_BAG = "Ask whoever made the bag for one that keeps the profile, or drop the demand."

PROFILES: Final[Mapping[str, FindingCode]] = {
    "PRO-PROFILE-BOM": warning("A profile begins with a byte order mark.", _MEND),
    "PRO-PROFILE-CONTRADICTION": error("Two keys of a profile ask for what no bag can have.", _PROFILE),
    "PRO-PROFILE-DEPTH": error("A profile is nested too deeply to be read.", _PROFILE),
    "PRO-PROFILE-DUPLICATE": error("A key stands twice in one object of a profile.", _PROFILE),
    "PRO-PROFILE-ENCODING": error("A profile is not UTF-8.", "Save the file as UTF-8."),
    "PRO-PROFILE-LABEL": warning(
        "A profile lists a tag that it need not list, or one label in two spellings.", _MEND
    ),
    "PRO-PROFILE-MISSING": error(
        "A profile lacks what the specification requires; without its identifier it cannot be used.",
        "Add what is named; what is merely descriptive is a warning.",
    ),
    "PRO-PROFILE-NEEDLESS": warning("A profile requires a file that every such bag has.", _MEND),
    "PRO-PROFILE-NUMBER": error("A profile holds a number that not every program can hold.", _PROFILE),
    "PRO-PROFILE-QUOTED": warning("A profile has true or false in quotation marks.", _MEND),
    "PRO-PROFILE-SIZE": error("A profile, or a list in it, is too large.", _PROFILE),
    "PRO-PROFILE-SYNTAX": error("A profile is not JSON.", "Mend the line and column that are named."),
    "PRO-PROFILE-TYPE": error("A value in a profile is not what the specification has there.", _PROFILE),
    "PRO-PROFILE-UNKNOWN": warning(
        "A profile has a key that the specification has not; what it asks for was not judged.",
        "Look whether the key is misspelt; otherwise judge what it means by hand.",
    ),
    "PRO-PROFILE-VERSION": error(
        "A profile is written for a version of the specification that is not known here.",
        "Judge by it with a newer release of this program.",
    ),
}

CHOICE: Final[Mapping[str, FindingCode]] = {
    "PRO-JUDGED": note("The bag was held against a profile.", "Nothing has to be done."),
    "PRO-REGISTERED-TWICE": warning(
        "Two registered files have the same identifier; the first by name was used.",
        "Remove one from the folder of profiles.",
    ),
    "PRO-REGISTERED-UNUSABLE": warning(
        "A registered profile could not be read, so that nothing was held against it.",
        "Mend or replace the file; archive verify --profile FILE says all that is wrong with it.",
    ),
    "PRO-UNREGISTERED": note(
        "The bag names a profile of which no copy is registered; it was not held against it.",
        "Put a copy of the profile into the folder of profiles, or name it with --profile.",
    ),
}

BAGS: Final[Mapping[str, FindingCode]] = {
    "PRO-BAGIT-VERSION": error("The bag is of a BagIt version that the profile does not accept.", _BAG),
    "PRO-DATA-EMPTY": error("The bag has a payload, and the profile asks for none.", _BAG),
    "PRO-FETCH-ALLOWED": error("The bag has a fetch.txt, and the profile allows none.", _BAG),
    "PRO-FETCH-REQUIRED": error("The profile requires a fetch.txt, and the bag has none.", _BAG),
    "PRO-IDENTIFIER-MISSING": error("bag-info.txt does not name the profile.", _BAG),
    "PRO-IDENTIFIER-OTHER": error("bag-info.txt names other profiles, not this one.", _BAG),
    "PRO-MANIFEST-ALLOWED": error("A manifest is of an algorithm that the profile does not allow.", _BAG),
    "PRO-MANIFEST-REQUIRED": error("A manifest that the profile requires is missing.", _BAG),
    "PRO-PAYLOAD-FILE-ALLOWED": error("A payload file is there that the profile does not allow.", _BAG),
    "PRO-PAYLOAD-FILE-REQUIRED": error("A payload file that the profile requires is missing.", _BAG),
    "PRO-SERIALIZATION-FORBIDDEN": error("The bag is one file, and the profile asks for a folder.", _BAG),
    "PRO-SERIALIZATION-REQUIRED": error("The bag is a folder, and the profile asks for one file.", _BAG),
    "PRO-SERIALIZATION-TYPE": error("The bag is one file of a kind that the profile does not accept.", _BAG),
    "PRO-TAG-EMPTY": warning("A tag that the profile requires has no value.", _BAG),
    "PRO-TAG-FILE-ALLOWED": error("A tag file is there that the profile does not allow.", _BAG),
    "PRO-TAG-FILE-REQUIRED": error("A tag file that the profile requires is missing.", _BAG),
    "PRO-TAG-MANIFEST-ALLOWED": error(
        "A tag manifest is of an algorithm that the profile does not allow.", _BAG
    ),
    "PRO-TAG-MANIFEST-REQUIRED": error("A tag manifest that the profile requires is missing.", _BAG),
    "PRO-TAG-RECOMMENDED": note("A tag that the profile recommends is missing.", "Nothing has to be done."),
    "PRO-TAG-REPEATED": error("A tag that the profile allows once is repeated.", _BAG),
    "PRO-TAG-REQUIRED": error("A tag that the profile requires is missing.", _BAG),
    "PRO-TAG-VALUE": error("A tag has a value that the profile does not accept.", _BAG),
}
