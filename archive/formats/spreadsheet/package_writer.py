"""A zip of XML parts, the same bytes for the same sheet: no times, no order left to chance."""

from collections.abc import Iterable, Mapping
from typing import IO, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the first day that a zip can state
_CHUNK: Final = 256  # pieces joined before they are compressed


class _Package(ZipFile):
    def __del__(self) -> None:
        """Leaves a package that was given up as it is: whoever opened the stream closes it."""


class PackageWriter:
    """Writes parts into a zip one by one; memory does not grow with a part. OSError passes through."""

    def __init__(self, out: IO[bytes]) -> None:
        self._zip = _Package(out, "w")

    def part(self, name: str, pieces: Iterable[str], *, stored: bool = False) -> None:
        """One member in UTF-8, piece by piece."""
        info = ZipInfo(name, _EPOCH)
        info.compress_type = ZIP_STORED if stored else ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        with self._zip.open(info, "w", force_zip64=False) as member:
            waiting: list[str] = []
            for piece in pieces:
                waiting.append(piece)
                if len(waiting) >= _CHUNK:
                    member.write("".join(waiting).encode())
                    waiting.clear()
            member.write("".join(waiting).encode())

    def parts(self, parts: Mapping[str, str]) -> None:
        """Several members that are whole already, in their order."""
        for name, text in parts.items():
            self.part(name, (text,))

    def close(self) -> None:
        """Writes the directory; without it there is no zip."""
        self._zip.close()
