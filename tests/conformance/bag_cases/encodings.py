"""Encodings of tag files, and where their lines end (RFC 8493 §2.1.1, §2.3)."""

from tests.conformance.bag_cases.bag import LETTER, Bag, declaration, good, info, line, manifest
from tests.conformance.bag_cases.case import Case, Chapter, Opinion, case

_CLAUSE = "§2.3"
_NAME = "data/Grüße.txt"


def _encoded(label: str, codec: str, *, name: str = _NAME) -> Bag:
    """A bag all of whose tag files but bagit.txt are in that encoding."""
    return {
        "bagit.txt": declaration(encoding=label),
        name: LETTER,
        "manifest-sha512.txt": manifest({name: LETTER}).decode().encode(codec),
        "bag-info.txt": f"Note: {name}\n".encode(codec),
    }


def _ends(law: str, end: bytes, *, last: bool = True) -> Case:
    def bag() -> Bag:
        made = info("Contact-Name: Ana", "Note: a")
        for path in ("manifest-sha512.txt", "bag-info.txt"):
            content = made[path]
            assert isinstance(content, bytes)
            made[path] = content.replace(b"\n", end) if last else content.rstrip(b"\n")
        return made

    return case(law, _CLAUSE, bag)


def _inside(what: str, char: str) -> Case:
    return case(
        f"{what} ends no line",
        _CLAUSE,
        lambda: good({f"data/a{char}b.txt": LETTER}),
        warnings="BAG-NAME-UNPORTABLE",
        bagit=Opinion.INVALID,
        why="Lines end in LF, CR or CRLF and in nothing else; Python's codecs split at more.",
    )


ENCODINGS = Chapter(
    "Encodings and lines",
    (
        case("tag files may be in ISO-8859-1", _CLAUSE, lambda: _encoded("ISO-8859-1", "latin-1")),
        case(
            "tag files may be in UTF-16 with a byte order mark", _CLAUSE, lambda: _encoded("UTF-16", "utf-16")
        ),
        case(
            "tag files in UTF-16 without a mark are big-endian",
            _CLAUSE,
            lambda: _encoded("UTF-16", "utf-16-be"),
            bagit=Opinion.CRASHES,
            why="RFC 2781 §4.3: what has no mark should be read as big-endian.",
        ),
        case(
            "tag files in UTF-16 without a mark that show that they are little-endian are read so",
            _CLAUSE,
            lambda: _encoded("UTF-16", "utf-16-le"),
            bagit=Opinion.CRASHES,
            why="A digest or a label is ASCII: its bytes say in which order they stand.",
        ),
        case("tag files may be in UTF-16BE", _CLAUSE, lambda: _encoded("UTF-16BE", "utf-16-be")),
        case("tag files may be in windows-1252", _CLAUSE, lambda: _encoded("windows-1252", "cp1252")),
        case(
            "tag files may be in Shift_JIS",
            _CLAUSE,
            lambda: _encoded("Shift_JIS", "shift_jis", name="data/\u624b\u7d19.txt"),
        ),
        case(
            "a manifest in another encoding than declared is an error",
            _CLAUSE,
            lambda: _encoded("US-ASCII", "utf-8"),
            "invalid",
            errors="BAG-ENCODING-BYTES BAG-FILE-MISSING BAG-FILE-UNLISTED",
            bagit=Opinion.CRASHES,
            why="What was declared does not hold; a decoder's exception is no judgement.",
        ),
        case(
            "a UTF-8 manifest may name a file whose name is not UTF-8, with a warning",
            "§2.1.3",
            lambda: good({"data/\udce9t\udce9.txt": LETTER}),
            warnings="BAG-ENCODING-BYTES BAG-NAME-UNPORTABLE",
            bagit=Opinion.CRASHES,
            why="The manifest holds exactly the bytes of the file's name, so the file can be verified.",
        ),
        case(
            "a bag-info.txt that is not in the declared encoding is an error",
            _CLAUSE,
            lambda: good(tags={"bag-info.txt": b"Contact-Name: Gr\xfc\xdfe\n"}),
            "invalid",
            errors="BAG-ENCODING-BYTES",
            bagit=Opinion.CRASHES,
            why="Its text must be in the declared encoding; a decoder's exception is no judgement.",
        ),
        case(
            "a byte order mark before a UTF-8 manifest is an error from 1.0 on",
            _CLAUSE,
            lambda: good() | {"manifest-sha512.txt": b"\xef\xbb\xbf" + bytes(good()["manifest-sha512.txt"])},  # type: ignore[arg-type]
            "invalid",
            errors="BAG-ENCODING-BOM",
            why="Where UTF-8 is declared, no tag file may begin with one.",
        ),
        case(
            "a byte order mark hides no Payload-Oxum",
            _CLAUSE,
            lambda: good(tags={"bag-info.txt": b"\xef\xbb\xbfPayload-Oxum: 1.1\n"}),
            "invalid",
            errors="BAG-OXUM-WRONG BAG-ENCODING-BOM",
            why="The mark is no part of the label.",
        ),
        _ends("lines may end in LF", b"\n"),
        _ends("lines may end in CRLF", b"\r\n"),
        _ends("lines may end in CR", b"\r"),
        _ends("the last line may lack its end", b"", last=False),
        case(
            "ends of lines may be mixed",
            _CLAUSE,
            lambda: (
                good()
                | {
                    "manifest-sha512.txt": line("data/letter.txt", LETTER).replace(b"\n", b"\r\n")
                    + line("data/plates/1.txt", b"one\n").replace(b"\n", b"\r")
                }
            ),
        ),
        _inside("a line separator (U+2028)", "\u2028"),
        _inside("a paragraph separator (U+2029)", "\u2029"),
        _inside("a next line (U+0085)", "\x85"),
        _inside("a vertical tab", "\x0b"),
        _inside("a form feed", "\x0c"),
        _inside("a file separator (U+001C)", "\x1c"),
    ),
)
