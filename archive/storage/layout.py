"""Where everything lies below the root of an archive (docs/formats.md draws the tree)."""

from dataclasses import dataclass
from pathlib import Path

SETTINGS = "archive.toml"
FOLDERS = ("bags", "ledger", "notes", "runs", "audits", "staging", "quarantine")  # at the root
WITHDRAWN = "withdrawn"  # below quarantine/: bags that are not held any more, sharded as bags/ is
DAMAGED = "damaged"  # below quarantine/: what repairs took out of bags, sharded as bags/ is


def shard(bag_id: str) -> str:
    """The folder below `bags/` that holds a bag: its last two hex digits, which are random (ADR 0002)."""
    return bag_id[-2:]


def bag_path(bag_id: str) -> str:
    """The bag's folder relative to the root of the archive."""
    return f"bags/{bag_id[-2:]}/{bag_id}"


def quarantine_path(bag_id: str) -> str:
    """Where the bytes of a withdrawn bag lie, relative to the root of the archive."""
    return f"quarantine/{WITHDRAWN}/{bag_id[-2:]}/{bag_id}"


def damaged_path(bag_id: str, run: str) -> str:
    """Where a repair of a bag set aside what was wrong with it, relative to the root of the archive."""
    return f"quarantine/{DAMAGED}/{bag_id[-2:]}/{bag_id}/{run}"


def own_damaged_path(run: str) -> str:
    """The same for a repair of the archive's own files: ledger, manifests, results, notes."""
    return f"quarantine/{DAMAGED}/archive/{run}"


def repair_record_path(bag_id: str, run: str) -> str:
    """The record of a repair, relative to the root; the id is empty for one of the archive's own files."""
    return f"{damaged_path(bag_id, run) if bag_id else own_damaged_path(run)}/record.json"


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of one archive."""

    root: Path

    @property
    def settings(self) -> Path:
        """`archive.toml`: written last by `init`, so that its presence makes the folder an archive."""
        return self.root / SETTINGS

    @property
    def bags(self) -> Path:
        """The holdings."""
        return self.root / "bags"

    @property
    def ledger(self) -> Path:
        """The evidence."""
        return self.root / "ledger"

    @property
    def notes(self) -> Path:
        """Free text of events, behind salted commitments."""
        return self.root / "notes"

    @property
    def runs(self) -> Path:
        """Catalog manifests of ingest runs."""
        return self.root / "runs"

    @property
    def audits(self) -> Path:
        """Results of audit runs."""
        return self.root / "audits"

    @property
    def staging(self) -> Path:
        """Work in progress; never holdings."""
        return self.root / "staging"

    @property
    def quarantine(self) -> Path:
        """Set aside; removed only by `dispose`."""
        return self.root / "quarantine"

    @property
    def catalog(self) -> Path:
        """The catalog manifest."""
        return self.root / "catalog.json"

    @property
    def holdings(self) -> Path:
        """The list for whoever opens the folder without this program."""
        return self.root / "holdings.csv"

    @property
    def readme(self) -> Path:
        """The page for whoever opens the folder without this program."""
        return self.root / "README.html"

    @property
    def index(self) -> Path:
        """The derived index for search and scheduling."""
        return self.root / "catalog.sqlite"

    @property
    def withdrawn(self) -> Path:
        """The bags that were withdrawn and not yet disposed of."""
        return self.quarantine / WITHDRAWN

    @property
    def damaged(self) -> Path:
        """What repairs took out of bags."""
        return self.quarantine / DAMAGED

    def bag(self, bag_id: str) -> Path:
        """The folder of one bag."""
        return self.root / bag_path(bag_id)

    def has_bag(self, bag_id: str) -> bool:
        """True where the folder of the bag lies in `bags/`: what lies behind a link is not ours to move."""
        folder = self.bag(bag_id)
        return folder.is_dir() and not folder.is_symlink() and not folder.parent.is_symlink()


def find_root(start: Path) -> Path | None:
    """The nearest folder upward from `start` that holds `archive.toml`, as git looks for its own."""
    for folder in (start, *start.parents):
        if (folder / SETTINGS).is_file():
            return folder
    return None
