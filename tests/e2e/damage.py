"""Damage that leaves no trace."""

import os
from pathlib import Path


def damage(path: Path) -> None:
    """Flips one bit, keeping size and modification time."""
    status = path.stat()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
