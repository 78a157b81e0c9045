"""Names as a bag keeps them: which it cannot, and which other programs will read differently."""

from collections.abc import Iterator
from typing import Final

from archive.core.bagit.lines import LINE_LIMIT
from archive.core.bagit.paths import encode_path
from archive.core.bagit.versions import V1_0
from archive.core.findings import Finding, error, warning
from archive.core.portable_names import collision_key, why_unportable
from archive.core.text import is_utf8

_CLAUSE: Final = "RFC 8493 §2.1.3"
# A manifest line has the digest and two spaces before the path.
_LONGEST_PATH: Final = LINE_LIMIT - 130


class NameWatch:
    """Judges paths given in the order of their bytes; memory grows with the names of open folders only."""

    def __init__(self) -> None:
        self._folders: list[tuple[str, dict[str, str]]] = [("", {})]

    def findings(self, path: str) -> Iterator[Finding]:
        """What is wrong with the path of one file, each folder being judged once."""
        if not is_utf8(path):
            message = "is not UTF-8, so that no manifest can name it"
            yield error("SRC-NAME", path, message, clause=_CLAUSE, remedy="rename it, or leave it out")
            return
        if len(path) > _LONGEST_PATH // 3 and len(encode_path(path, V1_0)) > _LONGEST_PATH:
            message = "is too long a path for a line of a manifest"
            yield error("SRC-NAME", path, message, clause=_CLAUSE, remedy="move it up some folders")
            return
        parts = path.split("/")
        yield from self._enter(parts[:-1])
        yield from self._judge(path, parts[-1])

    def _enter(self, folders: list[str]) -> Iterator[Finding]:
        """Closes the folders that are left and judges those that are entered."""
        known = len(self._folders) - 1
        depth = 0
        while depth < min(known, len(folders)) and self._folders[depth + 1][0] == folders[depth]:
            depth += 1
        del self._folders[depth + 1 :]
        for name in folders[depth:]:
            path = "/".join([*(folder for folder, _ in self._folders[1:]), name])
            yield from self._judge(path, name)
            self._folders.append((name, {}))

    def _judge(self, path: str, name: str) -> Iterator[Finding]:
        if (why := why_unportable(name)) is not None:
            yield warning(
                "BAG-NAME-UNPORTABLE",
                path,
                f"{why}; it is bagged as it is",
                clause="RFC 8493 §6.1.2",
                remedy="rename it before it is bagged, where that may be",
            )
        siblings = self._folders[-1][1]
        other = siblings.setdefault(collision_key(name), name)
        if other != name:
            yield warning(
                "BAG-NAME-CASE",
                path,
                "differs from another name only in case or Unicode form; some systems keep one of the two",
                clause="RFC 8493 §6.1.1.1",
                found=other,
                remedy="give them names that differ more",
            )
