"""Links, pipes, folders and locked files where files should be (RFC 8493 §2, §5)."""

from tests.conformance.bag_cases.bag import (
    LETTER,
    PAYLOAD,
    Bag,
    Fifo,
    Folder,
    Link,
    Locked,
    Socket,
    Twin,
    good,
    sealed,
    without,
)
from tests.conformance.bag_cases.case import Case, Chapter, Opinion, case

_CLAUSE = "§5"
_FOLLOWED = "A link is followed nowhere: what it points to today it need not point to tomorrow, or elsewhere."
_HIDDEN = "The file that stood there is gone; to judge by what is left is to hide damage."
_WAITED = "A pipe is never opened: to read from it is to wait for whoever writes."


def _instead(path: str, content: Link | Fifo | Socket | Folder) -> Bag:
    return without(good(), path) | {path: content}


def _beside(path: str, content: Link | Fifo | Socket | Folder) -> Bag:
    return good() | {path: content}


def _link(law: str, bag: Bag, bagit: Opinion, errors: str = "BAG-FILE-LINK") -> Case:
    return case(law, _CLAUSE, lambda: bag, "invalid", errors=errors, bagit=bagit, why=_FOLLOWED)


def _special(law: str, bag: Bag, bagit: Opinion, also: str = "") -> Case:
    errors = f"BAG-FILE-SPECIAL {also}"
    return case(law, _CLAUSE, lambda: bag, "invalid", errors=errors, bagit=bagit, why=_WAITED)


def _folder(name: str, bagit: Opinion = Opinion.VALID) -> Case:
    bag = _beside(name, Folder())
    law = f"a folder is no {name}"
    return case(law, "§2", lambda: bag, "invalid", errors="BAG-FILE-FOLDER", bagit=bagit, why=_HIDDEN)


OBJECTS = Chapter(
    "Links, pipes and locked files",
    (
        _link(
            "a link to the right bytes inside the bag is no payload file",
            _instead("data/letter.txt", Link("../notes.txt")) | {"notes.txt": LETTER},
            Opinion.VALID,
        ),
        _link(
            "a link to the right bytes outside the bag is no payload file",
            _instead("data/letter.txt", Link("../../outside.txt")),
            Opinion.INVALID,
        ),
        _link(
            "a link to nothing is no payload file", _instead("data/letter.txt", Link("gone")), Opinion.INVALID
        ),
        _link(
            "a link to itself is no payload file",
            _instead("data/letter.txt", Link("letter.txt")),
            Opinion.INVALID,
        ),
        _link(
            "a link that nobody lists is found", _beside("data/more.txt", Link("letter.txt")), Opinion.INVALID
        ),
        _link(
            "a linked folder in the payload is found",
            _beside("data/more", Link("../../outside")),
            Opinion.VALID,
        ),
        _link(
            "a linked folder does not stand for its files",
            without(good(), "data/plates/1.txt") | {"data/plates": Link("../notes"), "notes/1.txt": b"one\n"},
            Opinion.INVALID,
            errors="BAG-FILE-LINK BAG-FILE-MISSING",
        ),
        _link(
            "a linked payload folder is none",
            {path: content for path, content in good().items() if not path.startswith("data/")}
            | {"data": Link("notes"), "notes/letter.txt": LETTER, "notes/plates/1.txt": b"one\n"},
            Opinion.VALID,
            errors="BAG-DATA-MISSING BAG-FILE-LINK BAG-FILE-MISSING",
        ),
        _link(
            "a linked declaration is none",
            _instead("bagit.txt", Link("declared")) | {"declared": good()["bagit.txt"]},
            Opinion.VALID,
            errors="BAG-DECLARATION-MISSING BAG-FILE-LINK",
        ),
        _link(
            "a linked manifest is none",
            _instead("manifest-sha512.txt", Link("listed")) | {"listed": good()["manifest-sha512.txt"]},
            Opinion.VALID,
            errors="BAG-FILE-LINK BAG-MANIFEST-MISSING",
        ),
        _link(
            "a linked tag file that a tag manifest lists is found",
            sealed(good(tags={"notes.txt": b"n"})) | {"notes.txt": Link("../outside.txt")},
            Opinion.INVALID,
        ),
        _link(
            "a link among the other tag files is found",
            _beside("notes.txt", Link("data/letter.txt")),
            Opinion.VALID,
        ),
        _special("a pipe is no payload file", _instead("data/letter.txt", Fifo()), Opinion.HANGS),
        _special("a pipe that nobody lists is found", _beside("data/pipe", Fifo()), Opinion.INVALID),
        _special("a pipe is no bag-info.txt", _beside("bag-info.txt", Fifo()), Opinion.HANGS),
        _special(
            "a pipe is no manifest",
            _instead("manifest-sha512.txt", Fifo()),
            Opinion.INVALID,
            "BAG-MANIFEST-MISSING",
        ),
        _special("a pipe is no fetch.txt", _beside("fetch.txt", Fifo()), Opinion.VALID),
        _special(
            "a pipe is no declaration",
            _instead("bagit.txt", Fifo()),
            Opinion.INVALID,
            "BAG-DECLARATION-MISSING",
        ),
        _special("a socket is no payload file", _instead("data/letter.txt", Socket()), Opinion.INVALID),
        _special("a pipe among the other tag files is found", _beside("pipe", Fifo()), Opinion.VALID),
        case(
            "a folder in the place of a payload file is no file",
            _CLAUSE,
            lambda: _instead("data/letter.txt", Folder()),
            "invalid",
            errors="BAG-FILE-FOLDER",
            bagit=Opinion.INVALID,
        ),
        case(
            "a folder in the place of a manifest is no manifest",
            _CLAUSE,
            lambda: _instead("manifest-sha512.txt", Folder()),
            "invalid",
            errors="BAG-FILE-FOLDER BAG-MANIFEST-MISSING",
            bagit=Opinion.INVALID,
        ),
        case(
            "a folder in the place of a declaration is no declaration",
            _CLAUSE,
            lambda: _instead("bagit.txt", Folder()),
            "invalid",
            errors="BAG-FILE-FOLDER BAG-DECLARATION-MISSING",
            bagit=Opinion.INVALID,
        ),
        _folder("bag-info.txt", Opinion.CRASHES),
        *map(_folder, ("fetch.txt", "manifest-md5.txt", "tagmanifest-md5.txt")),
        case(
            "two names of one file are two files",
            _CLAUSE,
            lambda: good({**PAYLOAD, "data/twin.txt": LETTER}) | {"data/twin.txt": Twin("data/letter.txt")},
        ),
        case(
            "a payload file that cannot be read leaves the bag unverifiable",
            "§3",
            lambda: good() | {"data/letter.txt": Locked(LETTER)},
            "unverifiable",
            errors="BAG-FILE-UNREADABLE",
            bagit=Opinion.NOT_ASKED,
            root_reads_it=True,
        ),
        case(
            "a folder that cannot be read leaves the bag unverifiable",
            "§3",
            lambda: good() | {"data/locked": Folder(mode=0)},
            "unverifiable",
            errors="BAG-FILE-UNREADABLE",
            bagit=Opinion.NOT_ASKED,
            root_reads_it=True,
        ),
    ),
)
