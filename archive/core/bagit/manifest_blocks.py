"""Manifests too large to be held as text: read in blocks, their entries given to whoever keeps them."""

from collections.abc import Iterable
from typing import Protocol

from archive.core.bagit.blocks import Findings, lines_in_blocks
from archive.core.bagit.lines import ENDLESS, stopped
from archive.core.bagit.manifest import check_naming
from archive.core.bagit.manifest_lines import Entries, LineReader, PlainLines, plain_block
from archive.core.bagit.names import manifest_name
from archive.core.bagit.versions import Version
from archive.core.limits.bags import USELESS_LINES


class BulkEntries(Entries, Protocol):
    """Keeps the entries of one manifest, sound lines many at a time."""

    def add_all(self, lines: PlainLines, first: int) -> list[tuple[int, bool]]:
        """Keep the entries of consecutive lines, the first of which has that number.

        Returns the index of each line that names a path again, and whether the digest is the same.
        """


def read_manifest(
    blocks: Iterable[bytes],
    *,
    name: str,
    version: Version,
    payload: bool,
    encoding: str,
    findings: Findings,
    entries: BulkEntries,
) -> bool:
    """Read a manifest as `parse_manifest` does, with memory for one block; False where it was given up.

    Of a path that is listed twice `entries` is told each time. Raises what `blocks` raises.
    """
    naming = manifest_name(name)
    algorithm = check_naming(name, naming, findings)
    reader = LineReader(name, version, algorithm, payload, findings, entries)
    for lines in lines_in_blocks(
        blocks, name=name, encoding=encoding, version=version, findings=findings, tolerant=True
    ):
        plain = plain_block(lines.text, algorithm.hex_length, payload=payload) if algorithm else None
        if plain is not None:
            for index, same in entries.add_all(plain, lines.first):
                reader.repeated(plain.paths[index], lines.first + index, same=same)
        else:
            for number, line in lines.each():
                reader.read(line, number)
                if reader.useless > USELESS_LINES:
                    break
        if reader.useless > USELESS_LINES:
            findings.add(stopped(name, lines.first))
            return False
        if lines.endless:
            findings.add(stopped(name, lines.first, ENDLESS))
            return False
    return True
