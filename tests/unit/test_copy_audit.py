"""`archive audit --copy`: the copy's own bytes against the archive's ledger, and nothing written on it."""

import os
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.core.ledger.entries import parse_entry
from archive.services.catalog.index_reading import reading_index
from archive.storage.layout import bag_path, quarantine_path
from tests.archives import overwrite
from tests.builders import DAMAGES, damage
from tests.changes import Changing
from tests.crash.checks import snapshot

FORMS = ("folder", "tar")


@pytest.fixture(params=FORMS)
def copied(changing: Changing, tmp_path: Path, request: pytest.FixtureRequest) -> tuple[Changing, Path]:
    """An archive of three documents, one of them withdrawn, and its copy."""
    changing("withdraw", changing.reference("b.txt"), "--reason", "asked back")
    changing("audit")
    changing("copy", "--to", str(tmp_path / "copy"), "--as", request.param, "--jobs", "1")
    return changing, tmp_path / "copy"


@pytest.fixture
def folders(changing: Changing, tmp_path: Path) -> Path:
    """A copy as folders of the archive of three documents."""
    changing("audit")
    changing("copy", "--to", str(tmp_path / "copy"), "--jobs", "1")
    return tmp_path / "copy"


@pytest.fixture
def tars(changing: Changing, tmp_path: Path) -> Path:
    """The same as tars."""
    changing("copy", "--to", str(tmp_path / "copy"), "--as", "tar", "--jobs", "1")
    return tmp_path / "copy"


def audit(archive: Changing, disk: Path, *more: str, code: int = 0) -> Any:
    """The report of an audit of the copy."""
    return archive("audit", "--copy", str(disk), "--jobs", "1", *more, code=code)


def found(report: Any) -> list[str]:
    """The codes of every finding that is no note."""
    inner = [one for bag in report["bags"] for one in bag["findings"]]
    return [one["code"] for one in inner + report["findings"] if one["severity"] != "note"]


def good(archive: Changing) -> dict[int, int]:
    """How many documents have how many good copies."""
    with reading_index(archive.made.opened) as reading:
        return reading.index.good_copies([place.id for place in archive.made.opened.settings.copies])


def test_a_copy_is_intact_and_recorded_as_a_copy(copied: tuple[Changing, Path]) -> None:
    archive, disk = copied
    before = snapshot(disk)
    size = archive.made.opened.checkpoint().size
    report = audit(archive, disk)
    assert (report["outcome"], report["recorded"], found(report)) == ("intact", True, [])
    assert report["copy"] == "a copy, up to date"
    assert report["place"]["id"] == archive.made.opened.settings.copies[0].id
    assert report["counts"]["intact"] == 2
    assert snapshot(disk) == before
    added = [parse_entry(raw) for raw in archive.made.opened.ledger.entries(size)]
    assert [entry.type for entry in added] == ["copy audit started", "copy audited"]
    assert archive("status")["last_audit"]["run"] != report["run"]
    archive.require_whole()


def test_its_report_lies_neither_in_the_archive_nor_on_the_copy(changing: Changing, folders: Path) -> None:
    for place in (changing.root, folders):
        audit(changing, folders, "--report", str(place / "audits" / "report.html"), code=2)
    audit(changing, folders, "--report", str(folders.parent / "report.html"))


def test_an_audit_of_a_copy_is_no_audit_of_the_archive(changing: Changing, tmp_path: Path) -> None:
    changing("copy", "--to", str(tmp_path / "copy"), "--jobs", "1")
    audit(changing, tmp_path / "copy")
    report = changing("audit", "--read-only", "--quick")
    assert report["counts"]["due"] == 3
    assert changing("coverage")["counts"]["claimed"] == 0
    assert changing("status")["counts"]["never_checked"] == 3


def test_a_copy_that_is_behind_is_judged_by_the_state_that_it_is_of(copied: tuple[Changing, Path]) -> None:
    archive, disk = copied
    archive.made.ingest({"d.txt": b"four"}, name="later")
    archive("describe", archive.reference("a.txt"), "--set", "dc.title=Anew", "--reason", "read it")
    archive("withdraw", archive.reference("c.txt"), "--reason", "asked back")
    archive("dispose", archive.reference("b.txt"), "--authority", "Board", "--yes")
    archive("audit")
    report = audit(archive, disk)
    assert (report["outcome"], found(report)) == ("intact", ["COPY-DISPOSED"])
    assert "behind" in report["copy"]
    assert report["scope"]["held"] == 2


def test_what_a_run_brought_before_the_copys_ledger_is_no_stranger(changing: Changing, folders: Path) -> None:
    changing.made.ingest({"d.txt": b"four"}, name="later")
    changing("describe", changing.reference("a.txt"), "--set", "dc.title=Anew", "--reason", "read it")
    changing("audit")
    for source in ("d.txt", "a.txt"):
        place = folders / bag_path(changing.row(source).bag)
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(changing.bag(source), place)
    for name in ("audits", "runs", "notes"):
        shutil.copytree(changing.root / name, folders / name, dirs_exist_ok=True)
    report = audit(changing, folders)
    assert (report["outcome"], found(report)) == ("intact", [])


@pytest.mark.parametrize("form", FORMS)
def test_a_marker_that_says_another_form_is_named_and_the_bags_are_read_as_they_lie(
    copied: tuple[Changing, Path], form: str
) -> None:
    changing, disk = copied
    marker = disk / "copy.json"
    said = marker.read_text()
    edited = said.replace('"form": "folder"', f'"form": "{form}"').replace(
        '"form": "tar"', f'"form": "{form}"'
    )
    marker.write_text(edited)
    report = audit(changing, disk)
    assert (report["outcome"], report["counts"]["intact"]) == ("intact", 2)
    assert found(report) == ([] if edited == said else ["COPY-MARKER"])
    assert changing("copy", "--to", str(disk), "--jobs", "1")["counts"]["written"] == 0
    assert found(audit(changing, disk)) == []


@pytest.mark.parametrize("form", FORMS)
def test_the_remedy_for_a_damaged_bag_of_a_copy_mends_it(
    changing: Changing, tmp_path: Path, form: str
) -> None:
    disk = tmp_path / "copy"
    changing("copy", "--to", str(disk), "--as", form, "--jobs", "1")
    victims = [
        path for path in sorted((disk / "bags").rglob("*")) if path.name == "a.txt" or path.suffix == ".tar"
    ]
    damage(victims[0], "flip")
    report = audit(changing, disk, code=1)
    remedies = {
        one["remedy"] for bag in report["bags"] for one in bag["findings"] if one["severity"] == "error"
    }
    assert all(remedy.startswith(f"archive copy --to {disk} ") for remedy in remedies)
    assert changing("copy", "--to", str(disk), "--jobs", "1")["counts"]["replaced"] == 1
    assert found(audit(changing, disk)) == []


FILES = {
    "payload": "bags/*/*/data/a.txt",
    "manifest": "bags/*/*/manifest-sha512.txt",
    "tag manifest": "bags/*/*/tagmanifest-sha512.txt",
    "bagit.txt": "bags/*/*/bagit.txt",
    "description": "bags/*/*/metadata/dublin-core.json",
    "entries": "ledger/tile/entries/*.p/*",
    "hashes": "ledger/tile/0/*.p/*",
    "checkpoint": "ledger/checkpoint",
    "kept checkpoint": "ledger/checkpoints/2",
    "note": "notes/*/*.json",
    "run": "runs/*.json",
    "results": "audits/*/*.jsonl.gz",
    "list of results": "audits/*/results-1.json",
    "catalog": "catalog.json",
    "settings": "archive.toml",
}
# Notes are removable one by one, a catalog is made again.
TOLERATED = {("note", "delete"), ("catalog", "delete"), ("kept checkpoint", "delete")}


def require_found_and_mended(changing: Changing, folders: Path, name: str, kind: str) -> None:
    """The damage is no intact copy, and the next run of copy writes the file anew."""
    victim = max(folders.glob(FILES[name]), key=lambda path: (len(path.name), path.name))
    victim.chmod(0o644)
    if kind == "link":
        target = folders.parent / "target"
        victim.rename(target)
        victim.symlink_to(target)
    else:
        damage(victim, kind)
    report = changing("audit", "--copy", str(folders), "--jobs", "1", code=None)
    if (name, kind) in TOLERATED:
        assert report["outcome"] == "intact"
    else:
        assert report["outcome"] in {"damaged", "inconclusive"}, (name, kind, report)
        assert found(report)
    if kind not in {"folder", "fifo", "link"}:
        changing("copy", "--to", str(folders), "--jobs", "1")
        assert found(audit(changing, folders)) == []


@pytest.mark.parametrize("name", FILES)
def test_damage_of_every_file_of_a_copy_is_found_and_mended(
    changing: Changing, folders: Path, name: str
) -> None:
    require_found_and_mended(changing, folders, name, "flip")


@pytest.mark.slow
@pytest.mark.parametrize("kind", DAMAGES)
@pytest.mark.parametrize("name", FILES)
def test_every_kind_of_damage_of_every_file_of_a_copy_is_found_and_mended(
    changing: Changing, folders: Path, name: str, kind: str
) -> None:
    require_found_and_mended(changing, folders, name, kind)


@pytest.mark.parametrize("name", ["holdings.csv", "README.html", "copy.json"])
def test_what_can_be_made_again_is_told_where_it_is_not_the_archives(
    changing: Changing, folders: Path, name: str
) -> None:
    overwrite(folders / name, (folders / name).read_bytes()[:-9])
    report = audit(changing, folders)
    assert found(report) == ["COPY-MARKER" if name == "copy.json" else "COPY-DERIVED"]


def test_a_key_changed_since_is_no_damage_of_a_copy(changing: Changing, folders: Path) -> None:
    changing("key", "rotate", "--reason", "a year has passed")
    assert found(audit(changing, folders)) == []
    changing("copy", "--to", str(folders), "--jobs", "1")
    assert found(audit(changing, folders)) == []


def test_damage_on_a_copy_makes_it_no_good_copy_until_it_is_written_anew(
    copied: tuple[Changing, Path],
) -> None:
    archive, disk = copied
    assert good(archive) == {2: 2}
    place = disk / bag_path(archive.row("a.txt").bag)
    if place.is_dir():
        overwrite(place / "data/a.txt", b"eno")
    else:
        tar = place.with_suffix(".tar")
        overwrite(tar, tar.read_bytes().replace(b"one\0", b"eno\0"))
    report = audit(archive, disk, code=1)
    assert [(bag["outcome"], bag["reference"]) for bag in report["bags"]] == [
        ("damaged", archive.reference("a.txt"))
    ]
    assert good(archive) == {1: 1, 2: 1}
    again = audit(archive, disk, code=1)
    assert again["bags"][0]["known_since"] is not None
    made = archive("copy", "--to", str(disk), "--jobs", "1")
    assert (made["counts"]["written"], made["counts"]["replaced"]) == (1, 1)
    assert good(archive) == {2: 2}
    assert found(audit(archive, disk)) == []


@pytest.mark.parametrize("kind", ["cut", "flip", "tail", "repeated", "beside", "link", "fifo", "empty", "gz"])
def test_a_tar_that_is_not_exactly_the_bag_is_damage(changing: Changing, tars: Path, kind: str) -> None:
    bag = changing.row("a.txt").bag
    tar = (tars / bag_path(bag)).with_suffix(".tar")
    data = tar.read_bytes()
    tar.unlink()
    match kind:
        case "cut":
            tar.write_bytes(data[:-1024])
        case "flip":
            tar.write_bytes(data[:100] + bytes([data[100] ^ 1]) + data[101:])
        case "tail":
            tar.write_bytes(data + b"x" * 512)
        case "repeated" | "beside":
            tar.write_bytes(data)
            with tarfile.open(tar, "a") as opened:
                member = tarfile.TarInfo(f"{bag}/data/a.txt" if kind == "repeated" else "evil")
                opened.addfile(member)
        case "link":
            (tars / "elsewhere").write_bytes(data)
            tar.symlink_to(tars / "elsewhere")
        case "fifo":
            os.mkfifo(tar)
        case "empty":
            tar.write_bytes(b"")
        case "gz":
            import gzip

            tar.write_bytes(gzip.compress(data))
    report = audit(changing, tars, code=1)
    assert report["outcome"] == "damaged"
    assert found(report)


def test_any_tar_program_reads_a_bag_of_a_copy(changing: Changing, tars: Path, tmp_path: Path) -> None:
    row = changing.row("a.txt")
    with tarfile.open((tars / bag_path(row.bag)).with_suffix(".tar")) as tar:
        tar.extractall(tmp_path / "out", filter="data")
    assert (tmp_path / "out" / row.bag / "data/a.txt").read_bytes() == b"one"
    assert run(["verify", str((tars / bag_path(row.bag)).with_suffix(".tar")), "--format", "json"]) == 0


def test_an_unknown_bag_on_a_copy_is_found(copied: tuple[Changing, Path]) -> None:
    archive, disk = copied
    place = disk / bag_path(archive.row("a.txt").bag)
    place = place if place.exists() else place.with_suffix(".tar")
    stranger = place.with_name("01900000-0000-7000-8000-" + place.name.split("-", 4)[-1])
    shutil.copytree(place, stranger) if place.is_dir() else shutil.copy(place, stranger)
    report = audit(archive, disk, code=1)
    assert "BAG-UNKNOWN" in found(report)


def test_what_was_disposed_of_and_lies_on_a_copy_is_a_warning_until_it_is_destroyed_there(
    copied: tuple[Changing, Path],
) -> None:
    archive, disk = copied
    archive("dispose", archive.row("b.txt").reference, "--authority", "Board", "--yes")
    archive("copy", "--to", str(disk), "--jobs", "1")
    report = audit(archive, disk)
    assert (report["outcome"], found(report)) == ("intact", ["COPY-DISPOSED"])
    archive("copy", "--to", str(disk), "--jobs", "1", "--yes")
    assert found(audit(archive, disk)) == []


def test_a_withdrawn_bag_that_a_copy_lost_is_found(copied: tuple[Changing, Path]) -> None:
    archive, disk = copied
    place = disk / quarantine_path(archive.row("b.txt").bag)
    shutil.rmtree(place) if place.exists() else place.with_suffix(".tar").unlink()
    assert found(audit(archive, disk, code=1)) == ["QUARANTINE-MISSING"]


def test_without_its_archive_a_copy_is_judged_by_its_own_ledger(
    copied: tuple[Changing, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, disk = copied
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(disk.parent / "nobody"))
    monkeypatch.chdir(disk.parent)
    before = snapshot(disk)
    for arguments in (["audit", "--copy", str(disk)], ["-C", str(disk), "audit"]):
        capsys.readouterr()
        assert run(arguments) == 0
        said = capsys.readouterr().out
        assert "2 of 2 documents looked at, all intact" in said
        assert "the ledger that it carries itself" in said
        assert "consistent with itself only" in said
        assert "not recorded" in said
    assert snapshot(disk) == before


def test_a_copy_is_not_written_to_as_if_it_were_the_archive(changing: Changing, folders: Path) -> None:
    before = snapshot(folders)
    for command in (
        ["describe", changing.reference("a.txt"), "--set", "dc.title=x"],
        ["catalog", "rebuild"],
        ["withdraw", changing.reference("a.txt"), "--reason", "x", "--yes"],
        ["copy", "--to", str(folders.parent / "second")],
    ):
        assert run(["-C", str(folders), *command]) == 2, command
    assert snapshot(folders) == before


def test_a_copy_ahead_of_the_archive_is_broken_evidence(
    changing: Changing, folders: Path, tmp_path: Path
) -> None:
    shutil.copytree(changing.root, tmp_path / "older")
    changing.made.ingest({"d.txt": b"four"}, name="later")
    changing("copy", "--to", str(folders), "--jobs", "1")
    shutil.rmtree(changing.root)
    shutil.copytree(tmp_path / "older", changing.root)
    report = audit(changing, folders, "--read-only", code=5)
    (foreign,) = [one for one in report["findings"] if one["code"] == "COPY-FOREIGN"]
    assert foreign["place"] == str(folders)
    assert str(folders) not in foreign["message"], "the place is named once"


def test_a_copy_that_was_begun_and_never_finished_says_so(changing: Changing, folders: Path) -> None:
    for name in os.listdir(folders):
        if name != "copy.json":
            path = folders / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    marker = folders / "copy.json"
    text = marker.read_text().replace('"finished": true', '"finished": false')
    import re

    marker.write_text(re.sub(r'"ledger": \{.*\}', '"ledger": {"root": "", "size": 0}', text))
    assert "archive copy --to" in audit(changing, folders, code=2)["remedy"]


def test_a_share_of_a_copy_goes_by_the_checks_of_that_copy(changing: Changing, folders: Path) -> None:
    report = audit(changing, folders, "--older-than", "1d")
    assert report["scope"]["selected"] == 0
    changing.made.ingest({"d.txt": b"four"}, name="later")
    changing("copy", "--to", str(folders), "--jobs", "1")
    assert audit(changing, folders, changing.reference("d.txt"))["counts"]["intact"] == 1
    assert audit(changing, folders, "--sample", "2", "--seed", "dice")["counts"]["intact"] == 2
    assert audit(changing, folders, "--quick")["outcome"] == "no-difference-seen"


@pytest.mark.parametrize("choice", [["a.txt"], ["--sample", "1", "--seed", "dice"]])
def test_an_audit_of_a_few_documents_is_none_of_the_copy(
    changing: Changing, folders: Path, choice: list[str]
) -> None:
    words = [changing.reference(word) if word == "a.txt" else word for word in choice]
    assert audit(changing, folders, *words)["scope"]["checked"] == 1
    (place,) = changing("status")["places"]
    assert (place["last_audited"], place["audited"]) == (None, None)
    audit(changing, folders)
    (whole,) = changing("status")["places"]
    assert whole["audited"] == "intact"
    audit(changing, folders, *words)
    (later,) = changing("status")["places"]
    assert (later["last_audited"], later["audited"]) == (whole["last_audited"], "intact")
    assert later["last_seen"] > whole["last_seen"] > place["last_seen"]
    assert changing("catalog", "verify")["findings"] == []
