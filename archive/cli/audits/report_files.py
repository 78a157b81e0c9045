"""`--report FILE`: one way to check the name before the work and to write the file after it."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from archive.services.opened import OpenedArchive

_ALSO: Final = {".htm": ".html"}
_KINDS: Final = {".html": "a page", ".csv": "a table", ".json": "data"}


def check_report(path: str, *suffixes: str) -> None:
    """Refuses, before hours of reading, a name without one of these suffixes, in no folder, or of no file."""
    from archive.storage.disk.new_files import refuse_other_than_file

    target = Path(path)
    ending = target.suffix.lower()
    if _ALSO.get(ending, ending) not in suffixes:
        (first, kind), *others = [one for one in _KINDS.items() if one[0] in suffixes]
        ways = [f"{kind} ends in {first}", *(f"{kind} in {suffix}" for suffix, kind in others)]
        raise click.UsageError(f"--report {path}: {', '.join(ways)}")
    if not target.absolute().parent.is_dir():
        raise click.UsageError(f"--report {path}: there is no folder {target.absolute().parent}")
    refuse_other_than_file(path)


def require_report_outside(archive: "OpenedArchive", path: str) -> None:
    """ConfigurationError inside the archive: its next audit would find a file that nobody knows."""
    from archive.services.evidence.checkpoints import require_outside

    require_outside(archive, Path(path))


def write_report(path: str, pieces: Iterable[str]) -> None:
    """Writes the pieces as UTF-8, in the place of an older report of that name; durable on return.

    Readers see the old file or the new one. Raises StorageError where it cannot be written.
    """
    from archive.storage.disk.streamed_file import replace_streamed

    replace_streamed(path, (piece.encode("utf-8", "replace") for piece in pieces))
