"""What every script of a run shares: folders, corpora, archives, and how many documents and rounds."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.corpus import make_corpus
from benchmarks.process import ROOT, run
from benchmarks.workspace import Workspace

KEYS = "ARCHIVE_KEY_DIR"
_DISK_PER_DOCUMENT = (
    96 << 10
)  # a text, its sidecar and a bag, all in blocks of 4 KiB: 64 KiB, and half as much again


def program() -> list[str]:
    """How the `archive` of this interpreter is started: as installed, else as a module."""
    installed = Path(sys.executable).with_name("archive")
    return [str(installed)] if installed.is_file() else [sys.executable, "-m", "archive"]


@dataclass(slots=True, kw_only=True)
class Setting:
    """One run of the benchmarks: `documents` in corpus S, `rounds` of each comparison.

    `disk` is a workspace on a disk, `space` itself where that is on one, None where there is no disk.
    """

    space: Workspace
    disk: Workspace | None
    documents: int
    rounds: int
    _corpora: dict[int, Path] = field(default_factory=dict)

    @property
    def environment(self) -> Mapping[str, str]:
        """Keeps signing keys inside the workspace."""
        return {KEYS: str(self.space.path / "keys")}

    def corpus(self, documents: int) -> Path:
        """A corpus of so many documents, made once and in the page cache since."""
        if documents not in self._corpora:
            path = self.space.fresh() / "S"
            make_corpus(path, documents)
            self._corpora[documents] = path
        return self._corpora[documents]

    def release_corpus(self, documents: int) -> None:
        """Gives the room of a corpus back that no other script will read."""
        path = self._corpora.pop(documents, None)
        if path is not None:
            self.space.release(path.parent)

    def new_archive(self, folder: Path) -> Path:
        """An empty archive in a run's folder; raises RunFailedError where `archive init` fails."""
        archive = folder / "archive"
        run(
            [*program(), "init", str(archive), "--name", "Benchmark", "--agent", "Benchmark"],
            environment=self.environment,
        )
        return archive

    def filled_archive(self, folder: Path, documents: int) -> Path:
        """An archive that has ingested a corpus: the bags B."""
        archive = self.new_archive(folder)
        run(ingest_command(archive, self.corpus(documents)), environment=self.environment)
        return archive

    def has_room(self, documents: int) -> bool:
        """True where a corpus and an archive of so many documents fit into the workspace."""
        return shutil.disk_usage(self.space.path).free > documents * _DISK_PER_DOCUMENT


def ingest_command(archive: Path, source: Path, *, identify: bool = False) -> list[str]:
    """Takes a corpus in; formats are identified only on request, as no peer identifies any."""
    option = "--identify" if identify else "--no-identify"
    return [*program(), "-C", str(archive), "ingest", str(source), option]


def audit_command(archive: Path) -> list[str]:
    """Audits the whole archive and records it."""
    return [*program(), "-C", str(archive), "audit"]


def report_command(archive: Path, page: Path) -> list[str]:
    """Reports on this year, formats too, as a page."""
    return [*program(), "-C", str(archive), "report", "--to", str(page)]


def can_identify() -> bool:
    """True where the extra `identify` is installed."""
    looked = subprocess.run(
        [sys.executable, "-c", "import pygfried"], cwd=ROOT, capture_output=True, check=False
    )
    return looked.returncode == 0
