"""Every kind of damage that an archive meets is found, named and classed; the exit code says it too."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from archive.core.bagit.manifest import render_manifest
from archive.schemas import explain
from tests.conftest import SEEDS
from tests.e2e.command import Command
from tests.e2e.damage import damage


@dataclass(frozen=True)
class Pristine:
    """An archive of the seeds that is copied for each test."""

    folder: Path

    def copy(self, folder: Path) -> Command:
        """A copy with the keys that belong to it."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Command(folder / "archive", folder / "keys")


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Pristine:
    folder = tmp_path_factory.mktemp("pristine") / "one"
    folder.mkdir()
    command = Command(folder / "archive", folder / "keys").init()
    command("ingest", SEEDS / "texts", "--no-identify")
    command("audit", "-q")
    return Pristine(folder)


@pytest.fixture
def held(pristine: Pristine, tmp_path: Path) -> Command:
    return pristine.copy(tmp_path / "copy")


def bag_of(command: Command, name: str) -> Path:
    """The bag whose document is called so; made writable, as a vandal would."""
    found = next(command.root.glob(f"bags/*/*/data/{name}")).parent.parent
    for folder in (found, found / "data", found / "metadata"):
        folder.chmod(0o755)
    return found


def audited(command: Command, code: int, *options: str) -> Any:
    report = command("audit", "--read-only", "--format", "json", *options, code=code).json
    assert explain("audit-report", report) == []
    again = command("audit", "--read-only", "--format", "json", *options, code=code).json
    assert (again["outcome"], again["bags"]) == (report["outcome"], report["bags"])
    return report


def named(report: Any) -> list[tuple[str, str]]:
    """(code, place) of everything found of severity error or warning, bags first."""
    found = [one for bag in report["bags"] for one in bag["findings"]] + report["findings"]
    return [(one["code"], one["place"]) for one in found if one["severity"] != "note"]


def overwrite(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


def truncate(path: Path) -> None:
    overwrite(path, path.read_bytes()[:-1])


def rewrite_manifests(bag: Path) -> None:
    """Makes both manifests fit what is in the bag now, as a forger would."""

    def digests(paths: list[Path]) -> list[tuple[str, str]]:
        return [(str(path.relative_to(bag)), hashlib.sha512(path.read_bytes()).hexdigest()) for path in paths]

    overwrite(bag / "manifest-sha512.txt", render_manifest(digests(sorted((bag / "data").rglob("*")))))
    tags = [
        p
        for p in sorted(bag.rglob("*"))
        if p.is_file() and "data" not in p.parts[-2:] and "tagman" not in p.name
    ]
    overwrite(bag / "tagmanifest-sha512.txt", render_manifest(digests(tags)))


def forge(bag: Path) -> None:
    path = bag / "data/plum-cake.txt"
    overwrite(path, path.read_bytes().replace(b"plum", b"pear").replace(b"Plum", b"Pear"))
    rewrite_manifests(bag)


def add(bag: Path, name: str) -> None:
    (bag / name).write_bytes(b"slipped in")


IN_A_BAG: dict[str, tuple[Callable[[Path], object], list[tuple[str, str]]]] = {
    "flipped bit": (lambda bag: damage(bag / "data/plum-cake.txt"), [("FIX-ALTERED", "data/plum-cake.txt")]),
    "truncated": (lambda bag: truncate(bag / "data/plum-cake.txt"), [("FIX-ALTERED", "data/plum-cake.txt")]),
    "deleted": (lambda bag: os.unlink(bag / "data/plum-cake.txt"), [("FIX-MISSING", "data/plum-cake.txt")]),
    "added payload": (lambda bag: add(bag, "data/more.txt"), [("FIX-UNLISTED", "data/more.txt")]),
    "added tag file": (lambda bag: add(bag, "metadata/more.txt"), [("FIX-UNLISTED", "metadata/more.txt")]),
    "litter": (lambda bag: add(bag, "data/.DS_Store"), [("FIX-LITTER", "data/.DS_Store")]),
    "description": (
        lambda bag: damage(bag / "metadata/dublin-core.json"),
        [("FIX-ALTERED", "metadata/dublin-core.json")],
    ),
    "declaration": (lambda bag: os.unlink(bag / "bagit.txt"), [("FIX-MISSING", "bagit.txt")]),
}


@pytest.mark.parametrize("kind", IN_A_BAG)
def test_damage_in_a_bag_is_named_by_file(held: Command, kind: str) -> None:
    change, expected = IN_A_BAG[kind]
    change(bag_of(held, "plum-cake.txt"))
    report = audited(held, 1)
    assert report["outcome"] == "damaged"
    assert [bag["outcome"] for bag in report["bags"]] == ["damaged"]
    assert named(report) == expected


def test_an_altered_tag_manifest_is_found_by_the_ledger(held: Command) -> None:
    damage(bag_of(held, "plum-cake.txt") / "tagmanifest-sha512.txt")
    report = audited(held, 1)
    assert ("FIX-TAGMANIFEST", "tagmanifest-sha512.txt") in named(report)


def test_payload_and_manifests_altered_consistently_are_found_by_the_ledger(held: Command) -> None:
    import bagit

    bag = bag_of(held, "plum-cake.txt")
    forge(bag)
    bagit.Bag(str(bag)).validate(fast=False)  # the forgery satisfies everybody who has only the bag
    report = audited(held, 1)
    assert [one["outcome"] for one in report["bags"]] == ["damaged"]
    codes = {code for code, _ in named(report)}
    assert {"FIX-TAGMANIFEST", "FIX-ALTERED"} <= codes


def test_two_swapped_files_and_two_swapped_bags_are_found(held: Command) -> None:
    one, other = bag_of(held, "plum-cake.txt"), bag_of(held, "telegram.txt")
    os.rename(one, one.with_name("aside"))
    os.rename(other, one)
    os.rename(one.with_name("aside"), other)
    report = audited(held, 1)
    assert {bag["id"]: bag["outcome"] for bag in report["bags"]} == {
        one.name: "damaged",
        other.name: "damaged",
    }


def test_a_bag_replaced_by_another_valid_bag_is_found(held: Command) -> None:
    one, other = bag_of(held, "plum-cake.txt"), bag_of(held, "telegram.txt")
    shutil.rmtree(one)
    shutil.copytree(other, one)
    assert [bag["id"] for bag in audited(held, 1)["bags"]] == [one.name]


def test_a_removed_bag_is_missing_not_damaged(held: Command) -> None:
    bag = bag_of(held, "plum-cake.txt")
    shutil.rmtree(bag)
    report = audited(held, 1)
    assert [(one["id"], one["outcome"]) for one in report["bags"]] == [(bag.name, "missing")]
    assert report["counts"]["missing"] == 1


def test_a_bag_that_the_ledger_does_not_know_is_found(held: Command) -> None:
    known = bag_of(held, "plum-cake.txt")
    planted = known.parent / ("0" * 8 + known.name[8:])
    shutil.copytree(known, planted)
    report = audited(held, 1)
    assert [(one["id"], one["outcome"]) for one in report["bags"]] == [(planted.name, "unknown")]
    assert report["counts"]["unknown"] == 1


def test_an_edited_catalog_manifest_is_found(held: Command) -> None:
    path = held.root / "catalog.json"
    document = json.loads(path.read_bytes())
    document["counts"]["bags"] += 1
    overwrite(path, json.dumps(document).encode())
    assert [code for code, _ in named(audited(held, 1))] == ["CATALOG-ALTERED"]


def test_an_edited_run_manifest_is_found(held: Command) -> None:
    path = next(held.root.glob("runs/*.json"))
    overwrite(path, path.read_bytes().replace(b"Plum cake", b"Plum tart"))
    report = audited(held, 1)
    assert [place for _, place in named(report)] == [f"runs/{path.name}"]


LEDGER: dict[str, Callable[[Path], object]] = {
    "an entry edited": lambda ledger: damage(
        max(ledger.glob("tile/entries/**/*"), key=lambda p: p.is_file())
    ),
    "a tile edited": lambda ledger: damage(next(p for p in ledger.glob("tile/0/**/*") if p.is_file())),
    "the entries cut": lambda ledger: truncate(
        next(p for p in ledger.glob("tile/entries/**/*") if p.is_file())
    ),
    "the checkpoint edited": lambda ledger: damage(ledger / "checkpoint"),
    "the checkpoint removed": lambda ledger: os.unlink(ledger / "checkpoint"),
    "an older checkpoint in its place": lambda ledger: overwrite(
        ledger / "checkpoint", (ledger / "checkpoints/2").read_bytes()
    ),
}


@pytest.mark.parametrize("kind", LEDGER)
def test_a_ledger_that_does_not_hold_is_broken_evidence(held: Command, kind: str) -> None:
    LEDGER[kind](held.root / "ledger")
    report = audited(held, 5)
    assert report["outcome"] == "evidence-broken"
    assert any(one["code"].startswith("LEDGER-") for one in report["findings"])


def test_the_whole_archive_rolled_back_is_found_with_a_younger_checkpoint(
    pristine: Pristine, tmp_path: Path
) -> None:
    older = pristine.copy(tmp_path / "older")
    younger = pristine.copy(tmp_path / "younger")
    (tmp_path / "more").mkdir()
    (tmp_path / "more/new.txt").write_text("new")
    younger("ingest", tmp_path / "more", "--describe-later", "--no-identify")
    kept = tmp_path / "kept"
    younger("ledger", "checkpoint", "--out", kept)
    assert audited(older, 5, "--trust", str(kept))["outcome"] == "evidence-broken"
    assert audited(younger, 0, "--trust", str(kept))["trust"]["basis"] == "checkpoint"


def test_an_older_state_is_a_copy_that_is_behind_and_is_not_recorded(
    pristine: Pristine, tmp_path: Path
) -> None:
    both = pristine.copy(tmp_path / "both")
    shutil.copytree(both.root, tmp_path / "restored", symlinks=True)
    (tmp_path / "more").mkdir()
    (tmp_path / "more/new.txt").write_text("new")
    both("ingest", tmp_path / "more", "--describe-later", "--no-identify")
    restored = Command(tmp_path / "restored", both.keys)
    report = restored("audit", "--format", "json", code=3).json
    assert report["outcome"] == "intact"
    assert report["recorded"] is False
    assert "fewer than" in report["not_recorded"]
    compared = both("audit", "--copy", tmp_path / "restored", "--format", "json").json
    assert compared["copy"] is not None
    assert "behind" in compared["copy"]


def test_damage_on_a_copy_made_by_hand_sends_nobody_to_repair_the_archive(
    pristine: Pristine, tmp_path: Path
) -> None:
    archive = pristine.copy(tmp_path / "archive")
    shutil.copytree(archive.root, tmp_path / "by hand", symlinks=True)
    copy = Command(tmp_path / "by hand", archive.keys)
    damage(bag_of(copy, "plum-cake.txt") / "data/plum-cake.txt")
    told = archive("audit", "--copy", copy.root, code=1).err
    assert "Next: archive audit looks at the archive itself" in told
    assert "archive repair" not in told


def test_an_unreadable_file_is_not_damage(held: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    from archive.cli.frame import run

    victim = bag_of(held, "plum-cake.txt") / "data/plum-cake.txt"
    real = os.open

    def refuses(path: Any, *arguments: Any, **options: Any) -> int:
        if os.fsdecode(path).endswith("plum-cake.txt"):
            raise OSError(5, "Input/output error", victim.name)
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, "open", refuses)
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(held.keys))
    assert (
        run(
            [
                "-C",
                str(held.root),
                "audit",
                "--read-only",
                "--jobs",
                "1",
                "--report",
                str(held.root.parent / "r.json"),
            ]
        )
        == 3
    )
    report = json.loads((held.root.parent / "r.json").read_bytes())
    assert report["outcome"] == "inconclusive"
    assert [bag["outcome"] for bag in report["bags"]] == ["unreadable"]


def test_quick_sees_a_size_and_never_a_flipped_bit(held: Command) -> None:
    bag = bag_of(held, "plum-cake.txt")
    damage(bag / "data/plum-cake.txt")
    report = audited(held, 0, "--quick")
    assert (report["outcome"], report["scope"]["mode"]) == ("no-difference-seen", "quick")
    truncate(bag / "data/plum-cake.txt")
    assert audited(held, 1, "--quick")["outcome"] == "damaged"


def test_undamaged_is_intact_however_it_is_chosen(held: Command) -> None:
    for options in ([], ["--sample", "3", "--seed", "s"], ["--budget", "1h"], ["2026-000003"]):
        report = audited(held, 0, *options)
        assert (report["outcome"], named(report)) == ("intact", [])


def test_since_when_damage_is_known_is_said_by_the_next_audit(held: Command) -> None:
    damage(bag_of(held, "plum-cake.txt") / "data/plum-cake.txt")
    first = held("audit", "--format", "json", code=1).json["bags"][0]
    second = held("audit", "--format", "json", code=1).json["bags"][0]
    assert first["known_since"] is None
    assert second["known_since"] is not None
    assert second["last_intact"] == first["last_intact"]
