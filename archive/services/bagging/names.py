"""Names as a bag keeps them: which it cannot, and which other programs will read differently."""

from typing import Final

from archive.core.bagit.paths import encode_path
from archive.core.bagit.versions import V1_0
from archive.core.findings import Finding, error, warning
from archive.core.limits.bags import LONGEST_PATH
from archive.core.portable_names import collision_key, why_unportable
from archive.core.text import is_utf8

_CLAUSE: Final = "RFC 8493 §2.1.3"


class NameWatch:
    """Judges paths given in the order of their bytes; memory grows with the names of open folders only."""

    def __init__(self) -> None:
        self._folder = ""
        self._siblings: list[dict[str, str]] = [{}]  # of the root and of each folder that leads here

    def findings(self, path: str) -> list[Finding]:
        """What is wrong with the path of one file, and with folders that it is the first to lie in."""
        if not path.isascii() and not is_utf8(path):
            message = "is not UTF-8, so that no manifest can name it"
            return [error("SRC-NAME", path, message, clause=_CLAUSE, remedy="rename it, or leave it out")]
        if len(path) > LONGEST_PATH // 3 and len(encode_path(path, V1_0)) > LONGEST_PATH:
            message = "is too long a path for a line of a manifest"
            return [error("SRC-NAME", path, message, clause=_CLAUSE, remedy="move it up some folders")]
        said: list[Finding] = []
        folder, _, name = path.rpartition("/")
        if folder != self._folder:
            self._enter(folder, said)
        self._judge(path, name, said)
        return said

    def _enter(self, folder: str, said: list[Finding]) -> None:
        """Leaves the folders that are done and judges those that are new."""
        before = self._folder.split("/") if self._folder else []
        parts = folder.split("/") if folder else []
        depth = 0
        while depth < min(len(before), len(parts)) and before[depth] == parts[depth]:
            depth += 1
        del self._siblings[depth + 1 :]
        for number in range(depth, len(parts)):
            self._judge("/".join(parts[: number + 1]), parts[number], said)
            self._siblings.append({})
        self._folder = folder

    def _judge(self, path: str, name: str, said: list[Finding]) -> None:
        why = why_unportable(name)
        if why is not None:
            message, remedy = (
                f"{why}; it is bagged as it is",
                "rename it before it is bagged, where that may be",
            )
            said.append(
                warning("BAG-NAME-UNPORTABLE", path, message, clause="RFC 8493 §6.1.2", remedy=remedy)
            )
        other = self._siblings[-1].setdefault(collision_key(name), name)
        if other != name:
            message = (
                "differs from another name only in case or Unicode form; some systems keep one of the two"
            )
            remedy, clause = "give them names that differ more", "RFC 8493 §6.1.1.1"
            said.append(warning("BAG-NAME-CASE", path, message, clause=clause, found=other, remedy=remedy))
