"""The record of one repair of one bag: what was wrong, what was set aside, what was put back and from where.

It lies beside what was set aside, its digest in the ledger. Canonical JSON; paths that are not UTF-8 are
carried exactly.
"""

import base64
import json
import re
from dataclasses import dataclass
from typing import Any, Final

from archive.core.canonical import readable
from archive.core.errors import ConflictError
from archive.core.text import lossless, printable

VERSION: Final = 1
_SHA512: Final = re.compile("[0-9a-f]{128}")
_OUT: Final = frozenset({"", ".", ".."})  # parts of a path that no place below a folder has


@dataclass(frozen=True, slots=True, kw_only=True)
class Displaced:
    """Something that is moved out of the bag: a file, or a folder or link in a file's place.

    `outcome` is the word of `FileOutcome`; digest and size are None where it is no file or was not read.
    """

    path: str
    outcome: str
    sha512: str | None = None
    size: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The member of `set_aside`."""
        return {
            "path": lossless(self.path),
            "outcome": self.outcome,
            "sha512": self.sha512,
            "bytes": self.size,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A file put back: the digest that the ledger vouches for, the one before, where the bytes are from.

    `place` is a copy or a source as it was named, `source` the path there.
    """

    path: str
    sha512: str
    before: str | None
    place: str
    source: str

    def to_json(self) -> dict[str, Any]:
        """The member of `restored`."""
        return {
            "path": lossless(self.path),
            "sha512": self.sha512,
            "before": self.before,
            "place": lossless(self.place),
            "source": lossless(self.source),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairRecord:
    """One repair of one bag; `whole` where the bag as a whole was set aside, or was missing.

    `entry` is the index of the ledger entry on whose word the digests rest.
    """

    bag: str
    run: str
    time: str
    entry: int
    whole: bool
    set_aside: tuple[Displaced, ...]
    restored: tuple[Restored, ...]

    def to_bytes(self) -> bytes:
        """The canonical bytes of the record."""
        return readable(
            {
                "version": VERSION,
                "bag": self.bag,
                "run": self.run,
                "time": self.time,
                "entry": self.entry,
                "whole": self.whole,
                "set_aside": [one.to_json() for one in self.set_aside],
                "restored": [one.to_json() for one in self.restored],
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> "RepairRecord":
        """The record that the bytes spell.

        Raises ValueError where they are none, ConflictError where a newer program wrote it.
        """
        try:
            document = json.loads(data)
            if document["version"] != VERSION:
                raise ConflictError(
                    f"the record of a repair has version {document['version']!r}",
                    remedy="install a newer version of archive",
                )
            return cls(
                bag=_text(document["bag"]),
                run=_text(document["run"]),
                time=_text(document["time"]),
                entry=int(document["entry"]),
                whole=bool(document["whole"]),
                set_aside=tuple(map(_displaced, document["set_aside"])),
                restored=tuple(map(_restored, document["restored"])),
            )
        except (KeyError, TypeError, AttributeError, RecursionError, OverflowError) as trouble:
            raise ValueError(f"not the record of a repair: {trouble}") from trouble


def _displaced(one: Any) -> Displaced:
    size = one["bytes"]
    return Displaced(
        path=place_below(one["path"]) if one["path"] else "",  # the bag itself
        outcome=_text(one["outcome"]),
        sha512=_text_or_none(one["sha512"]),
        size=size if type(size) is int else None,
    )


def _restored(one: Any) -> Restored:
    return Restored(
        path=place_below(one["path"]),
        sha512=_digest(one["sha512"]),
        before=None if one["before"] is None else _digest(one["before"]),
        place=exact(one["place"]),
        source=exact(one["source"]),
    )


def exact(value: Any) -> str:
    """The inverse of `lossless` for names of files; ValueError, KeyError or TypeError where it is none."""
    if isinstance(value, str):
        value.encode()  # half a character is a ValueError: a name that is not UTF-8 stands in base64
        return value
    return base64.b64decode(value["base64"], validate=True).decode("utf-8", "surrogateescape")


def place_below(value: Any) -> str:
    """`exact` of a path that stays below the folder it is relative to; ValueError also where it does not."""
    path = exact(value)
    if _OUT.intersection(path.split("/")):
        raise ValueError(f"names a path that leads out: {printable(path)}")
    return path


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is missing")
    return value


def _digest(value: Any) -> str:
    """A SHA-512, which comes into the ledger: no other text may."""
    if not _SHA512.fullmatch(_text(value)):
        raise ValueError("names a digest that is none")
    return _text(value)


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value)
