"""A catalog that is not what the ledger gives, where nothing else is wrong: made anew with the key."""

from pathlib import Path
from typing import Any

import pytest

from tests.damage.repair.own_files import repair
from tests.repairs import Repairing

ALTERED = [("CATALOG-ALTERED", "catalog.json")]


def change_catalog(archive: Repairing, change: str) -> bytes:
    """What it was before."""
    catalog = archive.root / "catalog.json"
    good = catalog.read_bytes()
    catalog.unlink()
    if change == "altered":
        catalog.write_bytes(b"{}\n")
    elif change == "link":
        catalog.symlink_to("/nowhere")
    else:
        catalog.mkdir()
    return good


def told(report: Any) -> list[tuple[str, str]]:
    return [(one["code"], one["place"]) for one in report["findings"]]


@pytest.mark.parametrize("change", ["altered", "link"])
def test_an_altered_catalog_is_made_anew(
    archive: Repairing, change: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    good = change_catalog(archive, change)
    with monkeypatch.context() as patch:
        patch.setenv("ARCHIVE_KEY_DIR", str(tmp_path / "no-keys"))
        for words in (["--plan"], []):
            assert told(repair(archive, *words, code=1)) == ALTERED
    report: Any = repair(archive)
    assert told(report) == ALTERED
    assert [one["severity"] for one in report["findings"]] == ["note"]
    assert (archive.root / "catalog.json").read_bytes() == good
    assert told(repair(archive)) == []
    archive.require_whole()


def test_a_folder_in_the_place_of_the_catalog_is_left(archive: Repairing) -> None:
    change_catalog(archive, "folder")
    for words in (["--plan"], []):
        assert told(repair(archive, *words, code=1)) == ALTERED
