"""What every command knows: which archive, which output, how loud."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path

    from archive.services.opened import OpenedArchive

ENVIRONMENT = "ARCHIVE_DIR"


@dataclass(slots=True)
class Context:
    """The global options; `archive_name` is -C, `format` is text or json."""

    archive_name: str | None = None
    format: str = "text"
    verbosity: int = 0

    @property
    def json(self) -> bool:
        """True where stdout must carry exactly one JSON document."""
        return self.format == "json"

    @property
    def quiet(self) -> bool:
        """True where only results and errors are wanted."""
        return self.verbosity < 0

    def locate(self) -> "Path":
        """The root of the archive that is meant: -C, else $ARCHIVE_DIR, else the nearest folder upward."""
        from pathlib import Path  # 8 ms that commands without an archive do not need

        from archive.core.errors import ConfigurationError
        from archive.storage.layout import SETTINGS, find_root

        name = self.archive_name or os.environ.get(ENVIRONMENT)
        if name:
            named = Path(name)
            if (named / SETTINGS).is_file():
                return named.absolute()
            raise ConfigurationError(
                f"{named}: not an archive (it holds no {SETTINGS})",
                remedy="name the archive's folder with -C DIR, or make one: archive init DIR",
            )
        found = find_root(Path.cwd())
        if found is None:
            raise ConfigurationError(
                "no archive here: neither this folder nor one above it holds archive.toml",
                remedy="name it: archive -C DIR …, set ARCHIVE_DIR, or make one: archive init DIR",
            )
        return found

    def open(self) -> "OpenedArchive":
        """The archive that is meant, opened for reading."""
        from archive.services.opened import open_archive

        return open_archive(self.locate())

    def open_where_there_is_one(self) -> "OpenedArchive | None":
        """The archive that is meant, or None where none was named and none is here."""
        if not (self.archive_name or os.environ.get(ENVIRONMENT)):
            from pathlib import Path

            from archive.storage.layout import find_root

            if find_root(Path.cwd()) is None:
                return None
        return self.open()


pass_context = click.make_pass_decorator(Context, ensure=True)
