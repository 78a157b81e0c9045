"""Media types of serialised bags: one name for those that programs give to the same format.

Only zip, gzip and zstd are registered with IANA; for tar and what is packed with it several names are in use.
"""

from typing import Final

_SAME: Final[dict[str, tuple[str, ...]]] = {
    "application/zip": ("application/x-zip-compressed", "application/x-zip"),
    "application/x-tar": ("application/tar",),
    "application/gzip": (
        "application/x-gzip",
        "application/tar+gzip",
        "application/x-tgz",
        "application/x-gtar",
        "application/x-gtar-compressed",
        "application/x-tar-gz",
        "application/x-compressed-tar",
        "application/gtar",
    ),
    "application/x-bzip2": ("application/bzip2", "application/x-bzip", "application/x-bzip-compressed-tar"),
    "application/x-xz": ("application/xz", "application/x-xz-compressed-tar"),
    "application/zstd": ("application/x-zstd", "application/x-zstd-compressed-tar"),
}
_CANONICAL: Final = {other: name for name, others in _SAME.items() for other in others}


def canonical_media_type(text: str) -> str:
    """The one name of the format, lower case and without parameters (RFC 9110 §8.3.1)."""
    name = text.partition(";")[0].strip().lower()
    return _CANONICAL.get(name, name)
