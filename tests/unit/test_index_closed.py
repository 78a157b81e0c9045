"""No reader of an index leaves it open, however it ends: the file may be renamed over, the disk taken out."""

import os
from contextlib import suppress
from pathlib import Path

import pytest

from archive.core.errors import ArchiveError
from archive.services.catalog.index_reading import optional_index, reading_index
from archive.services.opened import open_archive
from archive.storage.disk.spool import open_spool
from archive.storage.index import Index, IndexUnusableError
from tests.changes import Changing


def still_open(path: Path) -> list[str]:
    """What this process has open at a path or below it, files without a name included."""
    found = []
    for number in os.listdir("/proc/self/fd"):
        with suppress(FileNotFoundError):  # the one by which the folder was listed
            found.append(os.readlink(f"/proc/self/fd/{number}"))
    return [each for each in found if each.startswith(str(path))]


pytestmark = pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs /proc")


def test_where_the_checkpoint_cannot_be_read(changing: Changing) -> None:
    archive = open_archive(changing.root)
    (changing.root / "ledger/checkpoint").write_bytes(b"no checkpoint\n")
    with pytest.raises(ArchiveError) as raised, reading_index(archive):
        pytest.fail("the ledger is not readable")
    assert raised.tb is not None  # it keeps what was open alive
    assert still_open(changing.root / "catalog.sqlite") == []
    with optional_index(archive) as index:
        assert index is None


def test_where_it_cannot_be_copied(tmp_path: Path) -> None:
    path, target = tmp_path / "catalog.sqlite", tmp_path / "copy.sqlite"
    Index.create(str(path)).close()
    with Index.open(str(path)) as index:
        path.write_bytes(path.read_bytes()[:4096])
        with pytest.raises(IndexUnusableError) as raised:
            index.copy_to(str(target), on_close=lambda: None)
        assert raised.tb is not None
        assert still_open(target) == []


def test_a_spool_whose_schema_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="syntax") as raised:
        open_spool("CREATE NONSENSE", str(tmp_path))
    assert raised.tb is not None
    assert still_open(tmp_path) == []
