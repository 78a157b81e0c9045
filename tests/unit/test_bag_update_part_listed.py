"""`archive bag update` where, as before 1.0, a manifest lists a part of the payload (RFC 8493 §3)."""

import hashlib
from pathlib import Path

import pytest

from archive.core.bagit.verdicts import BagVerdict
from tests.crash.checks import snapshot
from tests.plain_bags import TEXTS, accepted, call, judged, old_bag, require_valid


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    """A bag of 0.97 whose sha256 manifest lists one file of four, and whose sha512 manifest lists all."""
    bag = old_bag(tmp_path / "bag", algorithms=("sha256", "sha512"), tagged=False)
    keep(bag, "sha256", "data/a.txt")
    assert judged(bag).verdict is BagVerdict.VALID
    return bag


def keep(bag: Path, algorithm: str, *paths: str) -> None:
    """Leaves in a manifest the lines of those files alone."""
    manifest = bag / f"manifest-{algorithm}.txt"
    lines = manifest.read_text("utf-8").splitlines(keepends=True)
    manifest.write_text("".join(line for line in lines if line.split()[1] in paths), "utf-8")


def listed(bag: Path, algorithm: str) -> set[str]:
    return set((bag / f"manifest-{algorithm}.txt").read_text("utf-8").splitlines())


def all_of(algorithm: str) -> set[str]:
    """A line for every file of the payload."""
    return {f"{hashlib.new(algorithm, content).hexdigest()}  data/{name}" for name, content in TEXTS.items()}


@pytest.mark.parametrize("asked", [[], ["--add-algorithm", "sha256"]], ids=["removed", "added as well"])
def test_the_manifest_that_stays_lists_every_file_when_another_goes(bag: Path, asked: list[str]) -> None:
    ended = call("bag", "update", bag, *asked, "--remove-algorithm", "sha512")
    assert ended.code == 0
    assert {one["file"]: one["change"] for one in ended.report["changes"]} == {
        "manifest-sha256.txt": "replaced",
        "manifest-sha512.txt": "removed",
        **({"tagmanifest-sha256.txt": "added"} if asked else {}),
    }
    assert listed(bag, "sha256") == all_of("sha256")
    require_valid(bag)


def test_of_several_manifests_that_stay_those_are_completed_that_lacked_a_file(tmp_path: Path) -> None:
    bag = old_bag(tmp_path / "bag", algorithms=("md5", "sha1", "sha256", "sha512"))
    for manifest in bag.glob("tagmanifest-*"):
        manifest.unlink()
    keep(bag, "md5", "data/a.txt")
    keep(bag, "sha1", "data/z")
    before = (bag / "manifest-sha256.txt").read_bytes()
    assert call("bag", "update", bag, "--remove-algorithm", "sha512").code == 0
    assert (listed(bag, "md5"), listed(bag, "sha1")) == (all_of("md5"), all_of("sha1"))
    assert (bag / "manifest-sha256.txt").read_bytes() == before
    require_valid(bag)


def test_a_manifest_with_an_odd_name_is_completed_under_its_plain_one(bag: Path) -> None:
    (bag / "manifest-sha256.txt").rename(bag / "manifest-SHA-256.txt")
    assert call("bag", "update", bag, "--remove-algorithm", "sha512").code == 0
    assert [one.name for one in bag.glob("manifest-*")] == ["manifest-sha256.txt"]
    assert listed(bag, "sha256") == all_of("sha256")
    require_valid(bag)


def test_a_tag_manifest_lists_the_completed_manifest(tmp_path: Path) -> None:
    bag = old_bag(tmp_path / "bag", algorithms=("sha256", "sha512"))
    for manifest in bag.glob("tagmanifest-*"):
        manifest.unlink()
    keep(bag, "sha256", "data/a.txt")
    sealed = [one for one in sorted(bag.iterdir()) if one.is_file()]
    (bag / "tagmanifest-sha512.txt").write_text(
        "".join(f"{hashlib.sha512(one.read_bytes()).hexdigest()}  {one.name}\n" for one in sealed)
    )
    assert call("bag", "update", bag, "--remove-algorithm", "sha512").code == 0
    require_valid(bag)


def test_a_digest_of_every_file_is_there_where_it_was_asked_for(bag: Path) -> None:
    """A manifest of it that lists one file of four is not what was asked for."""
    assert call("bag", "update", bag, "--add-algorithm", "sha256").code == 0
    assert listed(bag, "sha256") == all_of("sha256")
    require_valid(bag)


def test_a_dry_run_announces_the_manifest_that_is_completed(bag: Path) -> None:
    before = snapshot(bag)
    asked = ("--remove-algorithm", "sha512")
    dry = call("bag", "update", bag, *asked, "--dry-run")
    assert snapshot(bag) == before
    assert [one["file"] for one in dry.report["changes"]] == ["manifest-sha256.txt", "manifest-sha512.txt"]
    assert dry.report["changes"] == call("bag", "update", bag, *asked).report["changes"]


@pytest.mark.parametrize(
    "asked",
    [["--set", "Contact-Name: Bea"], ["--add-algorithm", "md5"], ["--payload-oxum"]],
    ids=" ".join,
)
def test_what_takes_no_manifest_away_leaves_the_others_as_they_are(bag: Path, asked: list[str]) -> None:
    before = (bag / "manifest-sha256.txt").read_bytes()
    assert call("bag", "update", bag, *asked).code == 0
    assert (bag / "manifest-sha256.txt").read_bytes() == before
    assert judged(bag).verdict is BagVerdict.VALID


def test_taking_away_the_manifest_that_lacked_files_leaves_the_whole_one_alone(bag: Path) -> None:
    before = (bag / "manifest-sha512.txt").read_bytes()
    assert call("bag", "update", bag, "--remove-algorithm", "sha256").code == 0
    assert (bag / "manifest-sha512.txt").read_bytes() == before
    assert accepted(bag)
