"""What desktop programs leave behind: named as that, never mistaken for a document."""

import re

_NAMES = {
    ".ds_store": "a macOS folder setting",
    ".localized": "a macOS folder setting",
    "icon\r": "a macOS folder icon",
    "icon\uf00d": "a macOS folder icon",  # as SMB maps the line end in its name
    "thumbs.db": "a Windows thumbnail cache",
    "ehthumbs.db": "a Windows thumbnail cache",
    "desktop.ini": "a Windows folder setting",
    "system volume information": "a Windows system folder",
    "$recycle.bin": "the Windows recycle bin",
    "recycler": "the Windows recycle bin",
    ".trashes": "the macOS bin",
    ".trash": "a desktop bin",
    ".spotlight-v100": "the macOS search index",
    ".fseventsd": "a macOS system folder",
    ".temporaryitems": "a macOS system folder",
    ".documentrevisions-v100": "a macOS system folder",
    ".apdisk": "a macOS network setting",
    ".appledouble": "a macOS resource folder",
    "__macosx": "a macOS resource folder",
    "lost+found": "a file system's own folder",
    ".directory": "a KDE folder setting",
}
_FOLDERS = frozenset(
    {
        "system volume information",
        "$recycle.bin",
        "recycler",
        ".trashes",
        ".trash",
        ".spotlight-v100",
        ".fseventsd",
        ".temporaryitems",
        ".documentrevisions-v100",
        ".appledouble",
        "__macosx",
        "lost+found",
    }
)
_TRASH = re.compile(r"\.Trash-\d+")  # freedesktop.org Trash 1.0, at the root of a medium
# Of the stream in which Windows notes a download WSL and copies from NTFS make a file of its own.
_ZONE = ":zone.identifier"
_PATTERNS = (
    (re.compile(r"\._.+"), "a macOS resource fork"),
    (re.compile(r"~\$.+"), "an office lock file"),
    (re.compile(r"\.~lock\..+#"), "an office lock file"),
    (_TRASH, "a desktop bin"),
    (re.compile(r"\.nfs[0-9a-f]{8,}"), "a network file system's placeholder"),
    (re.compile(r"\.fuse_hidden[0-9a-f]+"), "a file system's placeholder"),
)


def litter(name: str) -> str | None:
    """What a file or folder of that name is, where a desktop program or system left it; else None."""
    lowered = name.lower()
    known = _NAMES.get(lowered)
    if known is None and lowered.endswith(_ZONE) and len(name) > len(_ZONE):
        return "a Windows note of where a file came from"
    if known is not None or name[:1] not in "._~":
        return known
    return next((what for pattern, what in _PATTERNS if pattern.fullmatch(name)), None)


def is_folder_litter(name: str) -> bool:
    """True where what bears that name of litter is a folder when a desktop or system made it; else a file."""
    return name.lower() in _FOLDERS or _TRASH.fullmatch(name) is not None


def belongs_to_the_file_system(name: str) -> bool:
    """True for the litter that its file system cannot do without: it stays where it is."""
    return name.lower() == "lost+found"
