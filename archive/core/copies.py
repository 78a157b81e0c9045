"""Copies of an archive: where one is kept, in which form, and the marker at its root."""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from archive.core.canonical import readable
from archive.core.errors import ConfigurationError, ConflictError
from archive.core.ids import is_uuid7

MARKER: Final = "copy.json"
MARKER_KIND: Final = "archive-copy"
MARKER_VERSION: Final = 1


class CopyForm(StrEnum):
    """How the bags of a copy are kept."""

    FOLDER = "folder"  # as in the archive itself
    TAR = "tar"  # one file a bag, for file systems that are poor in names, or rich in cluster


class CopyOutcome(StrEnum):
    """How a run of `archive copy` ended."""

    COMPLETE = "complete"  # everything that is held is on the copy, read back
    INCOMPLETE = "incomplete"  # all but what the archive itself could not give whole
    INTERRUPTED = "interrupted"  # the next run goes on


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPlace:
    """A place where a copy is kept, as `[[copies]]` of archive.toml names it.

    `id` is a UUIDv7 that the copy bears, too; `path` is where its folder was seen last; `medium`, `site` and
    `provider` are the keeper's words, empty where nobody said.
    """

    id: str
    name: str
    path: str
    form: CopyForm = CopyForm.FOLDER
    medium: str = ""
    site: str = ""
    provider: str = ""

    def to_json(self) -> dict[str, Any]:
        """The place in a report."""
        return {
            "id": self.id,
            "name": self.name,
            "path": self.path,
            "form": self.form.value,
            "medium": self.medium or None,
            "site": self.site or None,
            "provider": self.provider or None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyMarker:
    """`copy.json` at the root of a copy: whose copy it is, which one, and up to where it is whole.

    `archive` and `origin` are those of the archive; `size` and `root` (hexadecimal) of the ledger up to which
    the copy was complete when it was last written, 0 and empty before. `finished` is false while a run writes
    to it, and after one that was cut off. Nothing in it is secret, and nothing rests on it but messages and
    the refusal to write where it does not fit: what a copy holds is judged by the ledger.
    """

    archive: str
    origin: str
    id: str
    form: CopyForm
    written_by: str
    size: int = 0
    root: str = ""
    finished: bool = False
    more: dict[str, Any] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """Readable JSON; members that a newer program added are kept."""
        return readable(
            {
                **self.more,
                "kind": MARKER_KIND,
                "version": MARKER_VERSION,
                "about": "A copy of an archive, made by `archive copy`; README.html says how to read it.",
                "archive": self.archive,
                "origin": self.origin,
                "id": self.id,
                "form": self.form.value,
                "written_by": self.written_by,
                "finished": self.finished,
                "ledger": {"size": self.size, "root": self.root},
            }
        )


_OWN: Final = frozenset(
    {
        "kind",
        "version",
        "about",
        "archive",
        "origin",
        "id",
        "form",
        "written_by",
        "finished",
        "ledger",
    }
)


def parse_marker(data: bytes, place: str = MARKER) -> CopyMarker:
    """The marker that the bytes spell.

    Raises ConflictError where a newer program wrote it, ConfigurationError where it is none.
    """
    try:
        marker = _marker(json.loads(data), place)
        marker.to_bytes()  # what a newer program added is written back: NaN and half a character cannot be
    except (ValueError, KeyError, TypeError, RecursionError) as trouble:
        raise ConfigurationError(
            f"{place}: not the marker of a copy: {trouble}",
            remedy="if this folder is a copy, move the marker away: the next archive copy writes it anew",
        ) from None
    return marker


def _marker(document: Any, where: str) -> CopyMarker:
    if not isinstance(document, dict) or document.get("kind") != MARKER_KIND:
        raise ValueError("it does not say that it is one")
    version = document.get("version")
    if type(version) is int and version > MARKER_VERSION:
        raise ConflictError(
            f"{where}: of version {version}; this program knows versions up to {MARKER_VERSION}",
            remedy="install a newer version of archive",
        )
    ledger = document["ledger"]
    size, root, place = ledger["size"], ledger["root"], document["id"]
    if type(size) is not int or not 0 <= size < 1 << 63 or not isinstance(root, str):
        raise ValueError("its ledger has no size and root")
    if root:
        bytes.fromhex(root)
    if not isinstance(place, str) or not is_uuid7(place):
        raise ValueError("its id is no UUIDv7")
    return CopyMarker(
        archive=str(document["archive"]),
        origin=str(document["origin"]),
        id=place,
        form=CopyForm(document["form"]),
        written_by=str(document.get("written_by", "")),
        size=size,
        root=root,
        finished=document.get("finished") is True,
        more={name: value for name, value in document.items() if name not in _OWN},
    )
