"""Opens a serialised bag: what the file is, is told by its bytes, never by its name."""

import os
from typing import NamedTuple

from archive.core.bagit.verdicts import BagVerdict
from archive.core.containers.budget import USUAL, Budget
from archive.core.containers.endings import stem
from archive.core.containers.faults import NOT_LOOKED, Fault
from archive.core.containers.kinds import HEAD, VOLUMES, ContainerKind, Recognised, is_tar_beside, recognise
from archive.core.findings import Finding
from archive.storage.bag_sources.catalogue import Catalogue
from archive.storage.bag_sources.container_file import ContainerError, ContainerFile
from archive.storage.bag_sources.serialised import SerialisedBag, unreadable
from archive.storage.bag_sources.tar import open_tar
from archive.storage.bag_sources.zip import open_zip
from archive.storage.bag_sources.zip_directory import find_zip_end


class RefusedContainer(NamedTuple):
    """A container in which no bag is judged: the findings say why, at least one of them an error."""

    label: str
    verdict: BagVerdict
    findings: tuple[Finding, ...]


def open_serialised_bag(path: str, *, label: str, budget: Budget = USUAL) -> SerialisedBag | RefusedContainer:
    """The bag in a tar (plain, gzip, bzip2, xz, zstd) or zip, read as a stream; nothing is unpacked.

    Every header was read and checked when this returns. A container that is damaged, hostile, ambiguous or
    cannot be read here is refused whole. The caller closes the bag. Raises nothing for what the file holds
    or storage does.
    """
    name = os.path.basename(path)
    try:
        file = ContainerFile(path)
    except OSError as trouble:
        finding = unreadable(trouble).at(name, name)
        return RefusedContainer(label, BagVerdict.UNVERIFIABLE, (finding,))
    catalogue = Catalogue(name, budget)
    bag = None
    try:
        bag = _opened(label, file, catalogue, budget)
        catalogue.close(stem(name))
    except ContainerError as trouble:
        catalogue.refuse(trouble.fault, trouble.member, trouble.offset)
    except OSError as trouble:
        catalogue.refuse(unreadable(trouble))
    except BaseException:
        file.close()
        raise
    if bag is not None and not catalogue.broken:
        return bag
    file.close()
    # Unverifiable where each error only says that nobody could look.
    verdict = BagVerdict.UNVERIFIABLE if catalogue.faults <= NOT_LOOKED else BagVerdict.INVALID
    return RefusedContainer(label, verdict, catalogue.findings())


def _opened(label: str, file: ContainerFile, catalogue: Catalogue, budget: Budget) -> SerialisedBag:
    head = file.read(0, HEAD)
    seen = recognise(head)
    if is_tar_beside(seen, head):
        message = f"the file is {seen.name} and a tar as well; readers take it for the one or the other"
        raise ContainerError(Fault("SER-HEADER-AMBIGUOUS", message))
    match seen.kind:
        case ContainerKind.TAR:
            bag = open_tar(label, file, seen.compression, catalogue, budget)
            if find_zip_end(file) is not None:  # in the last member, all behind it being the zip's comment
                raise ContainerError(_ends_as_zip(seen))
            return bag
        case ContainerKind.ZIP:
            return open_zip(label, file, catalogue, budget)
        case None:
            raise ContainerError(_unrecognised(file, seen))


def _unrecognised(file: ContainerFile, seen: Recognised) -> Fault:
    if seen.name != VOLUMES and find_zip_end(file) is not None:
        return _ends_as_zip(seen)
    expected = "a tar (plain, gzip, bzip2, xz, zstd) or a zip"
    return Fault("SER-KIND", "the file is no container that is read here", expected, seen.name)


def _ends_as_zip(seen: Recognised) -> Fault:
    message = "the file ends as a zip and begins as something else; readers do not agree what it is"
    return Fault("SER-BEFORE-BEGIN", message, "a zip from the first byte on", seen.name)
