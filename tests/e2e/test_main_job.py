"""The main job: a folder of documents becomes an archive, and an audit proves it."""

import os
from pathlib import Path

import bagit
import pytest

from archive.schemas import explain
from tests.conftest import SEEDS
from tests.e2e.command import Command
from tests.e2e.damage import damage

TEXTS = SEEDS / "texts"


@pytest.fixture
def seeded(archive: Command) -> Command:
    archive("ingest", TEXTS)
    return archive


def bags(command: Command) -> list[Path]:
    return sorted(command.root.glob("bags/*/*"))


def test_the_seeds_become_an_archive_that_audits_as_intact(seeded: Command) -> None:
    report = seeded("audit", "--format", "json").json
    assert explain("audit-report", report) == []
    assert report["outcome"] == "intact"
    assert report["recorded"] is True
    assert report["scope"] == {"held": 17, "selected": 17, "checked": 17, "mode": "full"}
    assert report["findings"] == []


def test_every_bag_is_valid_for_bagit_python(seeded: Command) -> None:
    found = bags(seeded)
    assert len(found) == 17
    for bag in found:
        bagit.Bag(str(bag)).validate()


def test_the_bytes_names_and_times_of_the_sources_are_kept(seeded: Command) -> None:
    rows = seeded("list", "--format", "json").json
    documents = rows["documents"]
    assert len(documents) == 17
    stored = [path for bag in bags(seeded) for path in (bag / "data").rglob("*") if path.is_file()]
    originals = {path.read_bytes() for path in TEXTS.iterdir() if ".dc." not in path.name}
    assert {path.read_bytes() for path in stored} <= originals
    kept = [path for path in stored if (TEXTS / path.name).is_file()]
    assert len(kept) == len(stored) - 1  # one name came in NFD, and is kept in NFC
    for path in kept:
        assert path.stat().st_mtime_ns == (TEXTS / path.name).stat().st_mtime_ns


def test_a_changed_byte_is_found_and_named(seeded: Command) -> None:
    victim = next(path for bag in bags(seeded) for path in (bag / "data").iterdir() if path.stat().st_size)
    damage(victim)
    report = seeded("audit", "--format", "json", code=1).json
    assert report["outcome"] == "damaged"
    assert [bag["outcome"] for bag in report["bags"]] == ["damaged"]
    found = report["bags"][0]["findings"]
    assert [one["code"] for one in found] == ["FIX-ALTERED"]
    assert found[0]["place"] == f"data/{victim.name}"


def test_the_same_command_again_reports_everything_as_held(seeded: Command) -> None:
    again = seeded("ingest", TEXTS, "--format", "json").json
    assert again["run"] is None
    assert (again["counts"]["ingested"], again["counts"]["held"]) == (0, 17)
    assert len(bags(seeded)) == 17


def test_the_founding_documents_are_taken_in_with_their_depositors_digests(archive: Command) -> None:
    folder = os.environ.get("FOUNDING_DOCUMENTS_DIR")
    if not folder:
        pytest.skip("FOUNDING_DOCUMENTS_DIR is not set")
    report = archive(
        "ingest", folder, "--metadata", SEEDS / "founding-documents.csv", "--format", "json"
    ).json
    assert explain("ingest-report", report) == []
    assert report["counts"]["ingested"] == 2
    assert report["rejected"] == []
    assert archive("audit", "--format", "json").json["outcome"] == "intact"
