"""The encoding of a whole JSON or YAML file, which its standard fixes to Unicode."""

import codecs

from archive.core.findings import At, Finding, error

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def unicode_text(name: str, data: bytes) -> str | Finding:
    """The text by its byte order mark, without one as UTF-8 (RFC 8259 § 8.1); else the error where it stops.

    NULs give away UTF-16 and UTF-32 without a mark, as JSON readers have always told them.
    """
    encoding = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    if encoding is None:
        encoding = unmarked(data) or "utf-8"
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as broken:
        line = data.count(b"\n", 0, broken.start) + 1
        return error(
            "DESC-ENCODING",
            name,
            f"not {encoding.upper()} at byte {broken.start:,}",
            at=At(file=name, line=line),
            expected="UTF-8",
            found=data[broken.start : broken.start + 1].hex(),
            remedy="save the file as UTF-8",
        )


def unmarked(data: bytes) -> str | None:
    """The encoding that the NULs of the first four bytes give away (RFC 4627 § 3); None without such."""
    match [byte != 0 for byte in data[:4]]:
        case [True, _, False, False]:
            return "utf-32-le"
        case [False, False, _, True]:
            return "utf-32-be"
        case [True, False, True, False]:
            return "utf-16-le"
        case [False, True, False, True]:
            return "utf-16-be"
    return None
