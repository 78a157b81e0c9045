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

    Two NUL patterns give away UTF-16 without a mark, as JSON readers have always told it.
    """
    encoding = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)
    if encoding is None:
        encoding = _unmarked(data)
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


def _unmarked(data: bytes) -> str:
    if len(data) >= 4:
        if data[0] and not data[1] and data[2] and not data[3]:
            return "utf-16-le"
        if not data[0] and data[1] and not data[2] and data[3]:
            return "utf-16-be"
    return "utf-8"
