"""A bag out of a tar with damaged headers: what reading in order does not reach, found by its digest."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from archive.core.bagit.manifest import parse_manifest
from archive.core.bagit.versions import V1_0
from archive.core.containers.member_names import member_path, name_fault
from archive.core.expectation import Expectation
from archive.core.limits.bags import HELD_MANIFEST_BYTES
from archive.storage.bag_sources.container_file import ContainerFile
from archive.storage.bag_sources.tar_remnants import Remnant
from archive.storage.bags.bag_files import MANIFEST, TAG_MANIFEST
from archive.storage.copies.salvaged_tar import Salvaged, SalvagedTar
from archive.storage.copies.transfer import NANOSECONDS, FolderTarget, SourceTroubleError, UnstorableError
from archive.storage.disk.descriptors import hindrance, is_there

_PAYLOAD: Final = "data"


def fill_from_tar(
    shard: int, name: str, into: int, expectation: Expectation, most_bytes: Callable[[str], int]
) -> None:
    """Adds to the bag's folder below `into` what the tar `name` below `shard` still has of it.

    First what has a digest that the ledger vouches for, then, as it is, what a header names and is not there
    yet, if it has no more than `most_bytes` of its path. Raises UnstorableError, StorageError where it cannot
    be written, OSError where the tar cannot be read.
    """
    with (
        contextlib.closing(SalvagedTar(ContainerFile(name, dir_fd=shard))) as tar,
        contextlib.closing(FolderTarget(into, expectation.bag, begun=True)) as written,
    ):
        filling = _Filling(tar, into, written, expectation)
        written.add_folder(_PAYLOAD)
        promised = {TAG_MANIFEST: expectation.tag_manifest}
        promised |= filling.listed(TAG_MANIFEST, expectation.tag_manifest)
        manifest = promised.get(MANIFEST) or expectation.payload_manifest
        if manifest:
            promised |= {MANIFEST: manifest} | filling.listed(MANIFEST, manifest)
        for path, digest in promised.items():
            filling.add_whole(path, digest)
        for one in tar.remnants():
            filling.add_as_it_is(one, promised, most_bytes)


class _Filling:
    """The files of one bag, none written over."""

    def __init__(self, tar: SalvagedTar, into: int, written: FolderTarget, expectation: Expectation) -> None:
        self._tar = tar
        self._into = into
        self._written = written
        self._expectation = expectation

    def listed(self, name: str, digest: str) -> dict[str, str]:
        """What the manifest with that digest lists; nothing where it is not in the tar."""
        found = self._tar.find(digest, HELD_MANIFEST_BYTES)
        if found is None:
            return {}
        text = b"".join(self._tar.blocks(found))
        return dict(parse_manifest(text, name=name, version=V1_0, payload=name == MANIFEST).entries)

    def add_whole(self, path: str, digest: str) -> None:
        """The file, if it is in the tar."""
        if not self._is_there(path):
            found = self._tar.find(digest, self._expectation.most_bytes(path))
            if found is not None:
                self._add(path, found)

    def add_as_it_is(
        self, one: Remnant, promised: Mapping[str, str], most_bytes: Callable[[str], int]
    ) -> None:
        """A file with whatever bytes; only of a promised one is a name believed that may be damaged."""
        path = self._path(one.name)
        if path is None or self._is_there(path):
            return
        if (one.sound or path in promised) and one.least <= most_bytes(path):
            self._add(path, Salvaged(one.offset, one.least, one.modified))

    def _path(self, name: bytes) -> str | None:
        above = f"{self._expectation.bag}/"
        if name_fault(name, backslash_separates=False) is not None:
            return None
        path = member_path(name)
        return path.removeprefix(above) if path.startswith(above) else None

    def _add(self, path: str, found: Salvaged) -> None:
        # what cannot be read or this file system cannot hold is left out, and nothing else for it
        with contextlib.suppress(UnstorableError, SourceTroubleError):
            self._written.add_file(path, found.size, found.modified * NANOSECONDS, self._blocks(found))

    def _blocks(self, found: Salvaged) -> Iterator[bytes]:
        try:
            yield from self._tar.blocks(found)
        except OSError as trouble:
            raise SourceTroubleError(hindrance(trouble).reason) from trouble

    def _is_there(self, path: str) -> bool:
        try:
            return is_there(f"{self._expectation.bag}/{path}", self._into)
        except OSError:
            return True
