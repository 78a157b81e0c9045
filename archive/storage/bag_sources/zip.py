"""A bag in a zip: each member can be read for itself."""

from collections.abc import Iterator

from archive.core.bagit.contents import FileDigests
from archive.core.containers.budget import Budget
from archive.storage.bag_sources.catalogue import Catalogue, Place
from archive.storage.bag_sources.container_file import ContainerError, ContainerFile
from archive.storage.bag_sources.random_access import MembersInAnyOrder
from archive.storage.bag_sources.serialised import SerialisedBag
from archive.storage.bag_sources.zip_content import content_blocks
from archive.storage.bag_sources.zip_directory import ZipDirectory, read_zip_directory


def open_zip(label: str, file: ContainerFile, catalogue: Catalogue, budget: Budget) -> SerialisedBag:
    """The bag in a zip, its directory and all local headers read and noted in the catalogue.

    Raises ContainerError where the zip contradicts itself; OSError where storage refuses.
    """
    return _Zip(label, file, catalogue, read_zip_directory(file, catalogue, budget.room(file.size)))


class _Zip(MembersInAnyOrder):
    """In the catalogue of a zip the offset of a member is its number in the directory."""

    def __init__(
        self, label: str, file: ContainerFile, catalogue: Catalogue, directory: ZipDirectory
    ) -> None:
        super().__init__(label, "application/zip", file, catalogue)
        self._directory = directory
        self._read = bytearray(len(directory))

    def _blocks(self, place: Place) -> Iterator[bytes]:
        """The content of a member; noted as read once it was read to its end without fault."""
        yield from content_blocks(self._file, self._directory.content(place.offset))
        self._read[place.offset] = True

    def _obstructed(self, path: str, trouble: ContainerError | OSError) -> FileDigests:
        place = self._catalogue.find(path)
        if isinstance(place, Place):
            self._read[place.offset] = True  # its fault is noted: once is enough
        return super()._obstructed(path, trouble)

    def _finish(self) -> None:
        """Reads what nobody asked for: a member that no manifest lists can be damaged, too."""
        for full, place in self._catalogue.files():
            if not self._read[place.offset]:
                try:
                    for _ in self._blocks(place):
                        pass
                except ContainerError as trouble:
                    self._report(trouble, full)
