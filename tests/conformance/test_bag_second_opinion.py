"""bagit-python, an independent reader, accepts the bags that we write and refuses those that we refuse."""

from pathlib import Path

import bagit
import pytest

from archive.core.portable_names import stored_names
from tests.builders import damage, make_bag

_AWKWARD = [
    "100%.txt", "a\nb", "a%0Ab", " lead", "trail ", "CON", "e\u0301", "\udcff", "a\u2028b", "x\x85y",
    "tagmanifest-md5.txt", "manifest-md5.txt", "bagit.txt", ".hidden", "-x", "~x", "* x", "Readme", "README",
    "\x1b[31m",
]  # fmt: skip


def _is_valid(path: Path) -> bool:
    try:
        return bool(bagit.Bag(str(path)).validate())
    except Exception:  # noqa: BLE001 - it raises more than its own errors
        return False


def test_the_second_opinion_accepts_a_bag_of_awkward_names_under_their_stored_ones(tmp_path: Path) -> None:
    stored = stored_names(_AWKWARD)
    bag = make_bag(tmp_path, {name: original.encode("utf-8", "replace") for original, name in stored.items()})
    assert _is_valid(bag.path)


@pytest.mark.parametrize("name", ["data/letter.txt", "metadata/premis.xml", "manifest-sha512.txt"])
def test_the_second_opinion_refuses_a_flipped_bit(tmp_path: Path, name: str) -> None:
    bag = make_bag(tmp_path)
    assert _is_valid(bag.path)
    damage(bag.path / name, "flip")
    assert not _is_valid(bag.path)
