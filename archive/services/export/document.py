"""One document copied: its files, each compared with the ledger, and what its bag says of it."""

import hashlib
from contextlib import suppress
from itertools import chain, count
from pathlib import Path
from typing import Final

from archive.core.bagit.manifest import parse_manifest
from archive.core.bagit.versions import V1_0
from archive.core.ledger.entries import Entry, parse_entry, timestamp
from archive.formats.exchange.record import ExchangedFile
from archive.services.catalog.bag_record import (
    BagDoubtError,
    payload_key_of,
    tag_manifest_bytes,
)
from archive.services.evidence.proven_entries import ProvenEntries
from archive.services.export.targets import Target
from archive.services.export.telling import premis_of
from archive.services.holdings.payload import (
    can_be_made,
    copy_verified,
    most_bytes_of,
    original_names,
    payload_of,
)
from archive.services.opened import OpenedArchive
from archive.storage.bags.held_bag import TAG_MANIFEST, HeldBag
from archive.storage.index import IndexRow

_WRITABLE: Final = 0o644
_YEAR_10000: Final = 253_402_300_800_000  # in milliseconds since 1970


class DocumentCopy:
    """Copies one document below a folder of the target; raises as `payload.explained` knows, EvidenceError
    where the entry of its ingestion is none that was signed."""

    def __init__(
        self, archive: OpenedArchive, row: IndexRow, target: Target, entry_at: ProvenEntries
    ) -> None:
        self._archive, self._row, self._target, self._entry_at = archive, row, target, entry_at
        self.renamed: tuple[str, ...] = ()
        self.bytes = 0
        self._made: list[Path] = []
        self._folders: list[Path] = []
        self._ingestion: Entry | None = None

    def files(self, base: str, *, received: str | None = None) -> tuple[ExchangedFile, ...]:
        """Copies the payload below `base` (ends in a slash): under the names that the files had.

        With `received` under their whole original paths; a path that is taken or cannot be made here stands
        below a folder of that name, or, where that is taken too, of the next number behind it.
        """
        with HeldBag(self._archive.root, self._row.bag) as held:
            listed = self._payload(held)
            known = {file.path: file for file in premis_of(held, self._row)[0].files}
            names, renamed = original_names(held, self._row, [path for path, _ in listed])
            kept = [path for path, name in names.items() if not self._target.can_name(name)]
            names.update((path, path.removeprefix("data/")) for path in kept)
            self.renamed = (*renamed, *(path.removeprefix("data/") for path in kept))
            if not listed and received is None:
                self._make_folder(base)
            copied: list[ExchangedFile] = []
            for path, digest in listed:
                told, name = known.get(path), names[path]
                if received is not None:
                    name = self._received(base, told.original if told else "", received, name)
                size = self._copy(held, path, digest, base + name)
                media_type, puids = (told.media_type, told.puids) if told else ("", ())
                copied.append(
                    ExchangedFile(
                        name=name,
                        path=path,
                        sha512=digest,
                        bytes=size,
                        media_type=media_type,
                        puids=puids,
                        modified=_changed(self._target.work / (base + name)),
                    )
                )
        return tuple(copied)

    def bag(self, base: str) -> tuple[ExchangedFile, ...]:
        """Copies the whole bag below `base`, byte for byte, each file compared with its manifests."""
        with HeldBag(self._archive.root, self._row.bag) as held:
            raw = tag_manifest_bytes(held, self._row.tag_manifest)
            if hashlib.sha512(held.read(TAG_MANIFEST)).hexdigest() != self._row.tag_manifest:
                raise BagDoubtError(f"{TAG_MANIFEST} is not the one that the ledger knows")
            tags = parse_manifest(raw, name=TAG_MANIFEST, version=V1_0, payload=False).entries
            listed = (*self._payload(held), *tags, (TAG_MANIFEST, self._row.tag_manifest))
            self._make_folder(f"{base}data")  # RFC 8493 §2.1.2 asks for it, whether or not anything is in it
            return tuple(
                ExchangedFile(
                    name=path, path=path, sha512=digest, bytes=self._copy(held, path, digest, base + path)
                )
                for path, digest in listed
            )

    def take_back(self) -> None:
        """Removes what was copied of the document."""
        for path in self._made:
            path.unlink(missing_ok=True)
            self._remove_from(path.parent)
        for folder in self._folders:
            self._remove_from(folder)

    def _make_folder(self, name: str) -> None:
        """A folder that is there without a file in it, too."""
        folder = self._target.work / name
        self._folders.append(folder)
        folder.mkdir(parents=True, exist_ok=True)

    def _remove_from(self, folder: Path) -> None:
        """Removes the folder and those above it, as far as nothing is in them."""
        with suppress(OSError):
            while folder != self._target.work:
                folder.rmdir()
                folder = folder.parent

    def _copy(self, held: HeldBag, path: str, digest: str, name: str) -> int:
        target = self._target.work / name
        self._made.append(target)
        most = most_bytes_of(self._entry(), path)
        size = copy_verified(held, path, digest, target, most=most, mode=_WRITABLE, synced=False)
        self.bytes += size
        return size

    def _payload(self, held: HeldBag) -> list[tuple[str, str]]:
        entry = self._entry()
        single = "sha512" in entry.get("payload", {})
        return payload_of(held, payload_key_of(entry), self._row.tag_manifest, single=single)

    def _entry(self) -> Entry:
        """The entry of its ingestion."""
        if self._ingestion is None:
            self._ingestion = parse_entry(self._entry_at(self._row.entry))
        return self._ingestion

    def _received(self, base: str, original: str, folder: str, name: str) -> str:
        """The original path where it can be made below `base` and nothing is there, else one that is free."""
        fit = can_be_made(original) and self._target.can_name(original)
        if fit and not self._target.is_taken(base + original):
            return original
        folders = chain((folder,), (f"{folder}-{number}" for number in count(2)))
        return next(free for each in folders if not self._target.is_taken(base + (free := f"{each}/{name}")))


def _changed(copy: Path) -> str:
    """The time of change that the copy has of its file; empty for one that no timestamp can say."""
    milliseconds = copy.stat().st_mtime_ns // 1_000_000
    return timestamp(milliseconds) if 0 <= milliseconds < _YEAR_10000 else ""
