"""Names under which files are stored, and names as PREMIS can carry them.

A name that every BagIt implementation and every file system reads alike is kept. Any other gets a portable
one; the original is kept beside it, byte for byte.
"""

import re
import unicodedata
from collections.abc import Iterable

from archive.core.limits.values import STORED_NAME_BYTES
from archive.core.text import is_utf8

_PLAIN = re.compile(
    r"[A-Za-z0-9_(),;=@&'!#$+\[\]{}~-](?:[A-Za-z0-9_(),;=@&'!#$+\[\]{}~. -]*[A-Za-z0-9_()\]}-])?"
)
_BAD = re.compile('[\x00-\x1f\x7f-\x9f%<>:"|?*\\\\/\u2028\u2029\ud800-\udfff\ufffe\uffff]')
# Windows' device names, also with an extension.
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?=\.|$| )", re.IGNORECASE)
# bagit-python takes any path with this in it for a tag manifest.
_TAG_MANIFEST = re.compile("(tagmanifest)-", re.IGNORECASE)
_EXTENSION = re.compile(r"(?:\.[A-Za-z0-9]{1,10}){1,2}$")


def is_portable(name: str) -> bool:
    """True for a component that every BagIt implementation and file system reads alike."""
    return _portable(name) == name


def why_unportable(name: str) -> str | None:
    """What some system or program cannot do with a component's name, or None where there is nothing."""
    if is_portable(name):
        return None
    if _DEVICE.match(name):
        return "Windows keeps this name for a device"
    if not is_utf8(name):
        return "the name is not UTF-8"
    if _BAD.search(name):
        return "the name holds characters that Windows or some program cannot take"
    if name != name.strip() or name.endswith("."):
        return "the name begins or ends in white space, or ends in a dot, which Windows drops"
    if unicodedata.normalize("NFC", name) != name:
        return "the name is not in Unicode's composed form (NFC), and some systems change it"
    if len(name.encode()) > STORED_NAME_BYTES:
        return f"the name is longer than {STORED_NAME_BYTES} bytes"
    if _TAG_MANIFEST.search(name):
        return "some programs take the name for that of a tag manifest"
    return "the name holds invisible characters"


def stored_names(paths: Iterable[str]) -> dict[str, str]:
    """For each path of one document the path it is stored under; both relative, `/` between components.

    Depends on the set of paths alone, not on their order. No two stored names of a folder are equal, not
    even without regard to case or Unicode form; a portable name keeps its place before an awkward one.
    """
    paths = list(paths)
    if len(paths) == 1 and "/" not in paths[0] and is_portable(paths[0]):
        return {paths[0]: paths[0]}
    root = _Folder()
    wanted = sorted(set(paths), key=lambda path: path.encode("utf-8", "surrogatepass"))
    for path in wanted:
        folder = root
        *folders, name = path.split("/")
        for component in folders:
            folder = folder.folders.setdefault(component, _Folder())
        folder.files.append(name)
    stored: dict[str, str] = {}
    pending = [("", "", root)]
    while pending:
        original, new, folder = pending.pop()
        names = _siblings(folder)
        for name in folder.files:
            stored[original + name] = new + names[name, False]
        for name, inner in folder.folders.items():
            pending.append((f"{original}{name}/", f"{new}{names[name, True]}/", inner))
    return {path: stored[path] for path in wanted}


class _Folder:
    """The original names in one folder."""

    __slots__ = ("files", "folders")

    def __init__(self) -> None:
        self.files: list[str] = []
        self.folders: dict[str, _Folder] = {}


def _siblings(folder: _Folder) -> dict[tuple[str, bool], str]:
    """The stored name of every (name, is a folder) of one folder."""
    names = [(name, False) for name in folder.files] + [(name, True) for name in folder.folders]
    stored: dict[tuple[str, bool], str] = {}
    taken: set[str] = set()
    awkward: list[tuple[tuple[str, bool], str]] = []
    for sibling in names:
        candidate = _portable(sibling[0])
        key = collision_key(candidate)
        if candidate != sibling[0] or key in taken:
            awkward.append((sibling, candidate))
        else:
            taken.add(key)
            stored[sibling] = candidate
    tried: dict[str, int] = {}
    for sibling, candidate in awkward:
        name, base = candidate, collision_key(candidate)
        while collision_key(name) in taken:
            tried[base] = tried.get(base, 1) + 1
            name = _with_suffix(candidate, f"-{tried[base]}")
        taken.add(collision_key(name))
        stored[sibling] = name
    return stored


def collision_key(name: str) -> str:
    """Equal for names that some file system takes for one (canonical caseless matching, Unicode §3.13)."""
    if name.isascii():
        return name.lower()
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())
    return unicodedata.normalize("NFC", folded)


def _portable(name: str) -> str:
    """The name itself where it is portable, else a readable one that is."""
    if (
        len(name) <= STORED_NAME_BYTES
        and _PLAIN.fullmatch(name)
        and not _DEVICE.match(name)
        and not _TAG_MANIFEST.search(name)
    ):
        return name
    text = _BAD.sub("_", unicodedata.normalize("NFC", _BAD.sub("_", name)))
    text = "".join(["_" if unicodedata.category(char) == "Cf" else char for char in text])
    # Without format characters there may be something to compose again.
    text = unicodedata.normalize("NFC", text)
    text = _TAG_MANIFEST.sub(r"\1_", text)
    text = _trimmed(text) or "_"
    text = _DEVICE.sub(r"\1_", text, count=1) if _DEVICE.match(text) else text
    return text if len(text.encode()) <= STORED_NAME_BYTES else _with_suffix(text, "")


def _trimmed(text: str) -> str:
    """Without white space at either end and without dots at the end, which Windows drops."""
    while text and (text[-1] == "." or text[-1].isspace()):
        text = text[:-1]
    return text.lstrip()


def _with_suffix(name: str, suffix: str) -> str:
    """The name with a suffix before its extension, cut to the limit between characters."""
    match = _EXTENSION.search(name, 1)
    extension = match[0] if match else ""
    stem = name[: len(name) - len(extension)]
    room = STORED_NAME_BYTES - len((suffix + extension).encode())
    stem = stem.encode()[:room].decode("utf-8", "ignore")
    return (_trimmed(stem) or "_") + suffix + extension


# What XML 1.0 cannot carry, or carries changed (CR, and white space in what some reader collapses), and %.
_NOT_IN_XML = re.compile("[\x00-\x1f\x7f-\x9f%\ud800-\udfff\ufffe\uffff]")
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")


def premis_original_name(name: str) -> str:
    """The name for PREMIS originalName: controls, % and bytes that are not UTF-8 as %XX of their bytes.

    `name` is as `os.fsdecode` gives it; `original_name` gives it back.
    """
    return _NOT_IN_XML.sub(
        lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogateescape")), name
    )


def original_name(text: str) -> str:
    """The name that `premis_original_name` wrote."""
    raw = _PERCENT.sub(lambda match: bytes([int(match[1], 16)]), text.encode("utf-8", "surrogateescape"))
    return raw.decode("utf-8", "surrogateescape")
