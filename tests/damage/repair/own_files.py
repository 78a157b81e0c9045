"""`archive repair --ledger` as the tests of it give it."""

from pathlib import Path

from tests.repairs import Repairing, files_of


def repair(archive: Repairing, *words: str, code: int | None = 0) -> dict[str, object]:
    """From the copy; its report."""
    report: dict[str, object] = archive("repair", "--ledger", "--from", str(archive.copy), *words, code=code)
    return report


def newest(root: Path, pattern: str) -> Path:
    """The last of these files; the widest of partial tiles."""
    return max(root.glob(pattern), key=lambda path: (len(path.name), path.name))


def unlocked(archive: Repairing) -> dict[str, tuple[int, bytes]]:
    """Everything in the archive but who locked it last."""
    return {name: kept for name, kept in files_of(archive.root).items() if name != "staging/.lock"}
