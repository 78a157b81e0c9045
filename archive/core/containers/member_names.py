"""The path that a member's name stands for, and the names that no container may have."""

from archive.core.containers.faults import Fault
from archive.core.findings import At, Finding, warning
from archive.core.limits.bags import MAX_DEPTH
from archive.core.limits.containers import MEMBER_COMPONENT_BYTES, MEMBER_PATH_BYTES

_SLASH = ord("/")
_PARTS = MAX_DEPTH + 2  # with the bag's own folder, and the file itself


def member_path(name: bytes) -> str:
    """The path in its one spelling: `./` and repeated or final slashes taken off; "" for the top itself.

    To be called on names without faults. Bytes that are not UTF-8 become surrogate escapes.
    """
    text = name.decode("utf-8", "surrogateescape")
    if "//" not in text and "./" not in text and text[-1:] not in {"/", "."}:
        return text
    return "/".join([part for part in text.split("/") if part not in ("", ".")])


def name_fault(name: bytes, *, backslash_separates: bool) -> Fault | None:
    """Why a member of that name is not looked at, or None.

    `backslash_separates`: in a zip a backslash is no character of a name (APPNOTE 4.4.17.1), and readers do
    not agree on what it is; in a tar it is one, unless a reader that takes it for a separator would leave
    the folder.
    """
    if not name:
        return Fault("SER-NAME-EMPTY", "a member has no name")
    if b"\0" in name:
        return Fault("SER-NAME-NUL", "a member's name holds a NUL, which no file name can")
    if name[0] == _SLASH:
        return Fault("SER-NAME-ABSOLUTE", "a member's name is absolute and leaves the bag")
    if len(name) >= MEMBER_PATH_BYTES:
        return Fault(
            "SER-NAME-LONG", "a member's name is too long for a file", f"< {MEMBER_PATH_BYTES} bytes"
        )
    if name[1:2] == b":" and name[:1].isalpha():
        return Fault("SER-NAME-DRIVE", "a member's name begins with a drive letter")
    parts = name.split(b"/")
    if b".." in parts:
        return Fault("SER-NAME-TRAVERSAL", "a member's name climbs with .. and may leave the bag")
    if len(parts) > _PARTS and len([part for part in parts if part not in (b"", b".")]) > _PARTS:
        return Fault("SER-DEPTH", "a member lies below too many folders", f"<= {MAX_DEPTH} folders")
    if len(name) > MEMBER_COMPONENT_BYTES and max(map(len, parts)) > MEMBER_COMPONENT_BYTES:
        return Fault(
            "SER-NAME-LONG", "a member's name is too long for a file", f"<= {MEMBER_COMPONENT_BYTES} bytes"
        )
    return _backslash_fault(name, backslash_separates) if b"\\" in name else None


def _backslash_fault(name: bytes, separates: bool) -> Fault | None:
    if separates:
        return Fault(
            "SER-NAME-BACKSLASH", "a member's name holds a backslash, which readers take for two things"
        )
    if name[:1] == b"\\" or b".." in name.replace(b"\\", b"/").split(b"/"):
        return Fault("SER-NAME-TRAVERSAL", "a member's name leaves the bag where backslashes separate")
    return None


def spelling_warning(name: bytes, path: str, file: str) -> Finding | None:
    """The warning about a name that holds empty or dot components, but for `./` at its beginning."""
    plain = name.removesuffix(b"/")
    while plain.startswith(b"./"):
        plain = plain[2:]
    if plain in (b"", b".") or plain.decode("utf-8", "surrogateescape") == path:
        return None
    message = "the member's name has empty or dot components; they were taken off"
    found = name.decode("utf-8", "surrogateescape")
    return warning("SER-NAME-SPELLING", path, message, at=At(file=file), found=found[:200])
