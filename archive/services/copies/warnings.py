"""What the file system of a copy will make of it, said before hours of writing."""

import os
from pathlib import Path

from archive.core import findings
from archive.core.copies import CopyForm
from archive.core.findings import Finding
from archive.core.quantities import byte_size
from archive.core.text import printable
from archive.services.copies.target import CopyTarget
from archive.storage.copies.file_system import FileSystem, file_system_of

# Files of a bag beside its payload (docs/formats.md), and the folders that take a cluster each.
_TAG_FILES = 8
_FOLDERS = 3
_TAR_OVERHEAD = 16 << 10  # headers of a dozen members, and the end mark


def foreseen(archive: Path, target: CopyTarget, bags: int, files: int, size: int) -> list[Finding]:
    """Warnings about so many bags, payload files and payload bytes that are still to be written."""
    folder = target.root if target.exists else target.root.parent
    try:
        system = file_system_of(folder)
        is_same_disk = os.stat(folder).st_dev == os.stat(archive).st_dev
    except OSError:
        return []  # what is wrong with it is said by whoever writes to it
    found: list[Finding] = []
    place = printable(str(target.root))
    if is_same_disk:
        message = "is on the same file system as the archive: what takes the one takes the other"
        found.append(findings.note("COPY-SAME-DISK", place, message, remedy="keep a copy on another disk"))
    needed = room_for(target.form, system, bags, files, size)
    if system.is_fat and target.form is CopyForm.FOLDER and target.marker is None and bags:
        tars = room_for(CopyForm.TAR, system, bags, files, size)
        message = (
            f"is on {system.type}, in clusters of {byte_size(system.cluster)}: as folders the copy takes some"
            f" {byte_size(needed)}, as tars {byte_size(tars)}; names and times are kept less exactly there"
        )
        remedy = "give --as tar for a copy whose bags are one file each; it is audited in place all the same"
        found.append(findings.warning("COPY-FILE-SYSTEM", place, message, remedy=remedy))
    if needed > system.free:
        message = f"some {byte_size(needed)} are to be written, and {byte_size(system.free)} are free"
        remedy = "what fits is copied, and the next run goes on; free some space, or take a larger disk"
        found.append(findings.warning("COPY-SPACE", place, message, remedy=remedy))
    return found


def room_for(form: CopyForm, system: FileSystem, bags: int, files: int, size: int) -> int:
    """An estimate, in bytes, of what these bags take: half a cluster is lost with every file."""
    if form is CopyForm.TAR:
        return size + bags * (_TAR_OVERHEAD + system.cluster // 2)
    small = bags * (_TAG_FILES + _FOLDERS) * system.cluster
    return size + files * (system.cluster // 2) + small
