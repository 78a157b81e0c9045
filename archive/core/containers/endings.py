"""Endings of names under which tars and zips are known; what a file is, its bytes say."""

from typing import Final

# Longest first: a name loses the whole of `.tar.gz`.
_ENDINGS: Final = (
    ".tar.bz2", ".tar.zst", ".tar.gz", ".tar.xz", ".tbz2", ".tzst", ".tar", ".tgz", ".tbz", ".txz", ".zip",
)  # fmt: skip


def is_called_container(name: str) -> bool:
    """True for the name that a tar or a zip usually has, in upper case too."""
    return name.lower().endswith(_ENDINGS)


def stem(name: str) -> str:
    """The name without the ending that says the format."""
    lower = name.lower()
    return next((name[: -len(ending)] for ending in _ENDINGS if lower.endswith(ending)), name)
