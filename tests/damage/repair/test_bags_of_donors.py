"""The bag of a donor gives good bytes also where its files are held under other names."""

import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.archives import overwrite
from tests.bags import bag_files, write_bag
from tests.repairs import Repairing, altered, repairs

FORMS = ["bag", "tar", "tar.gz", "zip"]


def _brought(bag: Path, form: str) -> Path:
    """The same bag in a tar or zip beside it, or as it is."""
    place = bag.with_name(f"brought.{form}")
    match form:
        case "bag":
            return bag
        case "zip":
            with zipfile.ZipFile(place, "w") as container:
                for path in (path for path in bag.rglob("*") if path.is_file()):
                    container.write(path, path.relative_to(bag.parent))
        case _:
            flags = "-czf" if form == "tar.gz" else "-cf"
            subprocess.run(["tar", flags, place, "-C", bag.parent, bag.name], check=True)
    return place


@pytest.mark.parametrize("form", FORMS)
def test_a_document_that_was_one_file_of_the_bag_is_found_by_its_digest(
    archive: Repairing, tmp_path: Path, form: str
) -> None:
    altered(archive)
    payload = {"letters/any name": b"two", "letters/other": b"2", "letters/larger": b"not the one"}
    bag = write_bag(tmp_path / "transfer", bag_files({f"data/{name}": raw for name, raw in payload.items()}))
    place = _brought(bag, form)
    report = archive("repair", "--all", "--from", str(place))
    assert report["counts"]["repaired"] == 1
    assert report["bags"][0]["restore"][0]["place"] == str(place)
    archive.require_as_copy()


@pytest.mark.parametrize("form", FORMS)
def test_a_bag_whose_names_were_not_portable_gives_what_is_held_of_it(
    archive: Repairing, tmp_path: Path, form: str
) -> None:
    bag = write_bag(tmp_path / "transfer", bag_files({"data/Brief: 1?.txt": b"a letter", "data/b": b"b"}))
    archive("ingest", str(bag), "--describe-later")
    (held,) = archive.root.glob("bags/*/*/data/Brief_ 1_.txt")
    overwrite(held, b"spoilt")
    place = _brought(bag, form)
    shutil.rmtree(archive.copy)
    report = archive("repair", "--all", "--from", str(place))
    assert report["counts"]["repaired"] == 1
    assert held.read_bytes() == b"a letter"
    assert len(repairs(archive)) == 1
    archive.require_whole()
