"""Files that take the place of older ones: one way to check the name, and one to write after the work."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from archive.services.opened import OpenedArchive

_ALSO: Final = {".htm": ".html"}
_KINDS: Final = {".html": "a page", ".csv": "a table", ".json": "data"}


def check_report(
    path: str, *suffixes: str, option: str = "--report", read: Iterable[str | Path | None] = ()
) -> None:
    """Refuses, before hours of reading, a name that no older report of this command can have.

    That is one without one of these suffixes, in no folder, in an archive or a copy, of no plain file, of a
    file among the keys, or of one that the command goes by (`read`): what it judges, and what was brought.
    """
    from archive.storage.disk.new_files import refuse_other_than_file

    target = Path(path)
    ending = target.suffix.lower()
    if _ALSO.get(ending, ending) not in suffixes:
        (first, kind), *others = [one for one in _KINDS.items() if one[0] in suffixes]
        ways = [f"{kind} ends in {first}", *(f"{kind} in {suffix}" for suffix, kind in others)]
        raise click.UsageError(f"{option} {path}: {', '.join(ways)}")
    folder = target.absolute().parent
    if not folder.is_dir():
        raise click.UsageError(f"{option} {path}: there is no folder {folder}")
    _refuse_inside(f"{option} {path}", folder.resolve(), is_there=target.is_file())
    refuse_other_than_file(path)
    for other in read:
        if other is not None and _is_same(path, other):
            raise click.UsageError(f"{option} {path}: is {other}, which is read and must not be changed")


def _refuse_inside(named: str, folder: Path, *, is_there: bool) -> None:
    from archive.storage.keys.signing_key import key_home
    from archive.storage.layout import find_root

    if (root := find_root(folder)) is not None:
        raise click.UsageError(f"{named}: inside the archive {root}, where only its own commands write")
    if is_there and folder.is_relative_to(Path(key_home()).resolve()):
        raise click.UsageError(f"{named}: lies among the signing keys, and is no report")


def _is_same(path: str, other: str | Path) -> bool:
    """True where both name one file; one that is not there is another."""
    try:
        return os.path.samefile(path, other)
    except OSError:
        return False


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
