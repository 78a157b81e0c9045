"""Where a measurement was made: a figure without it says nothing."""

import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_DROP_CACHES = Path("/proc/sys/vm/drop_caches")
IN_MEMORY = frozenset({"tmpfs", "ramfs"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Machine, interpreter and the file system that the runs write to."""

    file_system: str
    processors: int
    processor: str
    python: str
    system: str

    def to_json(self) -> dict[str, str | int]:
        """The fields by name."""
        return asdict(self)

    def __str__(self) -> str:
        return (
            f"{self.processors} processors ({self.processor}), Python {self.python}, {self.system}; "
            f"runs write to {self.file_system}"
        )


def file_system_of(path: Path) -> str:
    """Type of the file system that holds the path, `unknown` where the system does not say.

    ext4 without a journal is named so: it searches recently deleted inodes one by one, which makes creating
    files after deleting many of them several times slower.
    """
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return "unknown"
    resolved = path.resolve()
    longest, kind, device = -1, "unknown", ""
    for line in lines:  # proc(5): id, parent, device, root, mount point, …, "-", type, source, options
        before, _, after = line.partition(" - ")
        mount_point = before.split(" ")[4].replace("\\040", " ")
        # >=: of two mounts on one point the later hides the earlier
        if resolved.is_relative_to(mount_point) and len(mount_point) >= longest:
            longest, (kind, device) = len(mount_point), after.split(" ")[:2]
    if kind == "ext4" and _has_no_journal(Path(device).resolve().name):
        return "ext4 without a journal"
    return kind


def _has_no_journal(device: str) -> bool:
    """True where a mounted ext4 has no journal task; False where that cannot be seen."""
    if not Path("/proc/fs/ext4", device).is_dir():
        return False
    return not any(Path("/proc/fs/jbd2").glob(f"{device}-*"))


def _processor_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def usable_processors() -> int:
    """Processors that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def surroundings(base: Path) -> Surroundings:
    """What to state with every figure measured by runs that write below `base`."""
    return Surroundings(
        file_system=file_system_of(base),
        processors=usable_processors(),
        processor=_processor_name(),
        python=platform.python_version(),
        system=f"{platform.system()} {platform.release()}",
    )


def may_drop_caches() -> bool:
    """True where this user may empty the page cache."""
    return os.access(_DROP_CACHES, os.W_OK)


def drop_caches() -> None:
    """Empties the page cache, so that what follows reads from the disk.

    Raises PermissionError where the system does not let us, which no cold figure may hide.
    """
    os.sync()
    try:
        _DROP_CACHES.write_text("3")
    except OSError as trouble:
        raise PermissionError(f"cold runs need the right to write {_DROP_CACHES}") from trouble
