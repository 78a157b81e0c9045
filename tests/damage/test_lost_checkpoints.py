"""The kept checkpoint that the catalog is of, lost or damaged: named as that, and nothing else is accused."""

import json
from pathlib import Path

import pytest

from tests.archives import overwrite
from tests.catalogs import codes
from tests.changes import Changing


@pytest.fixture
def kept(changing: Changing) -> Path:
    """The file of the checkpoint that catalog.json is of, in an archive with younger ones."""
    changing("audit")
    changing("audit")
    size = json.loads((changing.root / "catalog.json").read_bytes())["checkpoint"]["size"]
    path: Path = changing.root / "ledger/checkpoints" / str(size)
    assert path.is_file()
    assert any(int(other.name) > size for other in path.parent.iterdir())
    return path


def remove(path: Path) -> None:
    path.parent.chmod(0o755)
    path.unlink()


def test_a_lost_one_is_named_and_the_catalog_is_not_accused(changing: Changing, kept: Path) -> None:
    remove(kept)
    report = changing("audit", "--read-only", code=1)
    assert [(found["code"], found["place"]) for found in report["findings"]] == [
        ("LEDGER-CHECKPOINT-MISSING", f"ledger/checkpoints/{kept.name}")
    ]
    assert codes(changing, code=1) == {"LEDGER-CHECKPOINT-MISSING"}


@pytest.mark.parametrize("key", ["same", "rotated"])
def test_a_lost_one_is_put_back_by_a_rebuild(changing: Changing, kept: Path, key: str) -> None:
    before, derived = kept.read_bytes(), changing.root / "catalog.json"
    if key == "rotated":
        changing("key", "rotate")
    catalog, page = derived.read_bytes(), (changing.root / "README.html").read_bytes()
    size = json.loads(catalog)["checkpoint"]["size"]
    lost = kept.parent / str(size)
    before = lost.read_bytes()
    remove(lost)
    assert changing("catalog", "rebuild")["checkpoint"] == size
    assert lost.read_bytes() == before
    assert (derived.read_bytes(), (changing.root / "README.html").read_bytes()) == (catalog, page)
    assert codes(changing) == set()
    assert changing("catalog", "rebuild")["checkpoint"] is None


@pytest.mark.parametrize("byte", [-10, 60])
def test_an_altered_one_is_named_and_the_catalog_is_not_accused(
    changing: Changing, kept: Path, byte: int
) -> None:
    data = bytearray(kept.read_bytes())
    data[byte] = ord("A") if data[byte] != ord("A") else ord("B")
    overwrite(kept, bytes(data))
    report = changing("audit", "--read-only", code=5)
    assert {found["code"] for found in report["findings"]} == {"LEDGER-CHECKPOINT-ALTERED"}
    assert codes(changing) == set()


def test_a_catalog_that_names_what_nobody_signed_is_accused_and_believed_in_nothing(
    changing: Changing, kept: Path
) -> None:
    path = changing.root / "catalog.json"
    size = int(kept.name)
    whole = path.read_text()
    note = json.loads(whole)["checkpoint"]["note"]
    forged = note[:-8] + ("A" if note[-8] != "A" else "B") + note[-7:]
    remove(kept)
    path.write_text(
        whole.replace(json.dumps(note, ensure_ascii=False), json.dumps(forged, ensure_ascii=False))
    )
    assert path.read_text() != whole
    assert "CATALOG-ALTERED" in codes(changing, code=1)
    assert changing("catalog", "rebuild")["checkpoint"] is None
    assert json.loads(path.read_bytes())["checkpoint"]["size"] > size
    assert codes(changing) == set()


def test_a_checkpoint_of_an_earlier_change_is_no_catalog_of_now(changing: Changing, kept: Path) -> None:
    earlier = (changing.root / "catalog.json").read_bytes()
    changing.made.ingest({"later.txt": b"later"}, name="later")
    changing("audit")
    now = json.loads((changing.root / "catalog.json").read_bytes())["checkpoint"]["size"]
    assert now > int(kept.name)
    remove(kept.parent / str(now))
    overwrite(changing.root / "catalog.json", earlier)
    assert "CATALOG-STALE" in codes(changing)
    assert changing("catalog", "rebuild")["checkpoint"] is None
    assert json.loads((changing.root / "catalog.json").read_bytes())["checkpoint"]["size"] > now


def test_one_that_holds_an_earlier_one_is_named_and_costs_the_catalog_nothing(
    changing: Changing, kept: Path
) -> None:
    before = (changing.root / "catalog.json").read_bytes()
    whole = kept.read_bytes()
    overwrite(kept, (kept.parent / "1").read_bytes())
    report = changing("audit", "--read-only", code=5)
    assert {found["code"] for found in report["findings"]} == {"LEDGER-CHECKPOINT-ALTERED"}
    assert codes(changing) == set()
    changing("catalog", "rebuild")
    assert (changing.root / "catalog.json").read_bytes() == before
    overwrite(kept, whole)
    changing.require_whole()


def test_on_a_copy_the_remedy_is_to_copy_again(changing: Changing, kept: Path, tmp_path: Path) -> None:
    to = tmp_path / "copy"
    changing("copy", "--to", str(to))
    size = json.loads((to / "catalog.json").read_bytes())["checkpoint"]["size"]
    remove(to / "ledger/checkpoints" / str(size))
    (found,) = changing("audit", "--copy", str(to), "--read-only", code=1)["findings"]
    assert found["code"] == "LEDGER-CHECKPOINT-MISSING"
    assert "archive copy --to" in found["remedy"]
    changing("copy", "--to", str(to))
    assert changing("audit", "--copy", str(to), "--read-only")["findings"] == []
