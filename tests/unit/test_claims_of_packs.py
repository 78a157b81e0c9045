"""A pack claims no more than the archive does, also where results that name files were left out of it."""

from pathlib import Path
from typing import Any

from tests.archives import overwrite
from tests.changes import Changing


def checked(archive: Changing, target: Path, *more: str) -> tuple[dict[str, Any], str]:
    """What check-pack says of a new pack, in both forms."""
    archive.text("ledger", "pack", "--out", str(target), *more)
    report: dict[str, Any] = archive("ledger", "check-pack", str(target))
    return report["coverage"], archive.text("ledger", "check-pack", str(target))


def claimed(archive: Changing) -> int:
    """What the archive claims itself."""
    found: int = archive("coverage")["counts"]["claimed"]
    return found


def test_damage_found_since_is_not_claimed_without_names_either(changing: Changing, tmp_path: Path) -> None:
    changing("audit")
    assert checked(changing, tmp_path / "0.zip")[0]["claimed"] == 3
    overwrite(changing.bag("a.txt") / "data" / "a.txt", b"won")
    changing("audit", code=1)
    coverage, text = checked(changing, tmp_path / "1.zip")
    assert coverage == {"held": 3, "claimed": 2, "attested": 0}
    assert "at least 2 of 3 bags found intact" in text
    assert claimed(changing) == checked(changing, tmp_path / "2.zip", "--names")[0]["claimed"] == 2
    changing("audit", code=1)  # once more: the pack cannot tell whether it is the same bag
    assert checked(changing, tmp_path / "3.zip")[0]["claimed"] == 1
    overwrite(changing.bag("a.txt") / "data" / "a.txt", b"one")
    changing("audit")
    coverage, text = checked(changing, tmp_path / "4.zip")
    assert (coverage["claimed"], "at least 3" in text) == (3, False)
    assert claimed(changing) == 3
