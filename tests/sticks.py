"""A folder as somebody brings it: three files that tables name rightly or not."""

from pathlib import Path


def make_stick(above: Path) -> Path:
    """Makes the folder `stick` with d1.txt, d2.txt and d3.txt, each with its name for content."""
    root = above / "stick"
    root.mkdir()
    for name in ("d1.txt", "d2.txt", "d3.txt"):
        (root / name).write_bytes(name.encode())
    return root
