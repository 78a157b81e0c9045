"""`archive verify`: what it prints, its exit codes, its options, and that it changes nothing."""

import csv
import gzip
import io
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from archive import schemas
from archive.cli.frame import run
from archive.core.digests import Algorithm
from archive.services.verify import run as verify_run
from tests.archives import make_archive
from tests.bags import bag_files, write_bag
from tests.containers import honest_tar, honest_zip, in_folder

Printed = pytest.CaptureFixture[str]
LETTER = "data/letter.txt"


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A valid bag without a finding."""
    return write_bag(tmp_path / "good", bag_files())


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A bag with an altered file."""
    return write_bag(tmp_path / "bad", {**bag_files(), LETTER: b"x"})


@pytest.fixture
def holey(tmp_path: Path) -> Path:
    """A bag of which a file is still to be fetched."""
    files = bag_files(tags={"fetch.txt": b"https://example.org/x 10 data/letter.txt\n"})
    del files[LETTER]
    return write_bag(tmp_path / "holey", files)


def document(printed: Printed) -> Any:
    """The one document on stdout, under its schema."""
    found = json.loads(printed.readouterr().out)
    assert schemas.explain(found["kind"], found) == []
    return found


def test_a_valid_bag_is_exit_0_and_one_line(good: Path, capsys: Printed) -> None:
    assert run(["verify", str(good)]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        f"✓ {good}: valid (BagIt 1.0; 2 payload files, 12 bytes, 3 tag files)"
    ]
    assert printed.err.startswith("Next:")


def test_an_invalid_bag_is_exit_1_and_names_file_line_clause_and_both_digests(
    bad: Path, capsys: Printed
) -> None:
    assert run(["verify", str(bad), "--format", "json"]) == 1
    [bag] = document(capsys)["bags"]
    assert (bag["verdict"], bag["version"], bag["errors"], bag["shortfall"]) == ("invalid", "1.0", 1, None)
    [finding] = bag["findings"]
    assert (finding["code"], finding["place"], finding["clause"]) == (
        "BAG-FILE-ALTERED",
        LETTER,
        "RFC 8493 §3",
    )
    assert finding["at"] == {"file": "manifest-sha512.txt", "line": 1}
    assert len(finding["expected"]) == len(finding["found"]) == 128
    assert finding["remedy"]


def test_a_line_of_a_manifest_is_part_of_the_place(tmp_path: Path, capsys: Printed) -> None:
    files = bag_files(tag_manifest=False)
    files["manifest-sha512.txt"] += b"nonsense\n"
    bag = write_bag(tmp_path / "b", files)
    assert run(["verify", str(bag), "--format", "json"]) == 1
    assert document(capsys)["bags"][0]["findings"][0]["place"] == "manifest-sha512.txt:3"
    run(["verify", str(bag)])
    assert "manifest-sha512.txt:3: the line is not a digest" in capsys.readouterr().out


def test_warnings_go_to_stderr_and_notes_only_with_verbose(tmp_path: Path, capsys: Printed) -> None:
    bag = write_bag(tmp_path / "b", bag_files(algorithms=(Algorithm.MD5,)))
    assert run(["verify", str(bag)]) == 0
    printed = capsys.readouterr()
    assert "BAG-ALGORITHM-WEAK" in printed.err
    assert "BAG-ALGORITHM-WEAK" not in printed.out
    assert run(["-q", "verify", str(bag)]) == 0
    assert capsys.readouterr().err == ""


def test_the_worst_of_several_bags_is_the_exit_code(
    good: Path, bad: Path, tmp_path: Path, capsys: Printed
) -> None:
    nowhere = str(tmp_path / "nowhere")
    assert run(["verify", str(good), nowhere]) == 3
    assert run(["verify", str(good), str(bad), nowhere]) == 1
    printed = capsys.readouterr().out.splitlines()
    assert printed[-1] == "3 bags: 1 valid, 1 invalid, 1 unverifiable"
    assert run(["--format", "json", "verify", str(bad), nowhere, str(good)]) == 1
    found = document(capsys)
    assert [bag["verdict"] for bag in found["bags"]] == ["invalid", "unverifiable", "valid"]
    assert found["counts"]["bags"] == 3


def test_an_incomplete_bag_is_exit_1_and_holey_ok_judges_what_is_there(holey: Path, capsys: Printed) -> None:
    assert run(["verify", str(holey)]) == 1
    assert "incomplete, only 1 file of fetch.txt outstanding" in capsys.readouterr().out
    assert run(["verify", "--holey-ok", str(holey)]) == 0
    assert "valid as far as it is there; 1 file still to be fetched" in capsys.readouterr().out
    assert run(["verify", "--holey-ok", "--format", "json", str(holey)]) == 0
    [bag] = document(capsys)["bags"]
    assert (bag["present_only"], bag["counts"]["outstanding"]) == (True, 1)


def test_holey_ok_is_advised_only_where_fetch_txt_names_all_that_is_missing(
    holey: Path, tmp_path: Path, capsys: Printed
) -> None:
    torn = write_bag(tmp_path / "torn", bag_files())
    both = shutil.copytree(holey, tmp_path / "both")
    (torn / LETTER).unlink()
    (both / "data/notes/one.txt").unlink()
    told = []
    for bags in ([holey], [torn], [both], [torn, holey]):
        assert run(["verify", *map(str, bags)]) == 1
        told.append("--holey-ok" in capsys.readouterr().err)
    assert told == [True, False, False, True]


def test_strict_and_tolerate_weigh_findings(tmp_path: Path) -> None:
    bag = str(write_bag(tmp_path / "b", bag_files(algorithms=(Algorithm.SHA1,))))
    assert run(["verify", bag]) == 0
    assert run(["verify", "--strict", bag]) == 1
    assert run(["verify", "--strict", "--tolerate", "BAG-ALGORITHM-WEAK", bag]) == 0


@pytest.mark.parametrize(
    "code", ["BAG-ALGORITHM-UNKNOWN", "BAG-FILE-MISSING", "BAG-MANIFEST-MANY", "BAG-READING-STOPPED"]
)
def test_a_manifest_that_vouches_for_nothing_cannot_be_tolerated(
    good: Path, code: str, capsys: Printed
) -> None:
    """Behind it files are called valid of which no digest was compared."""
    assert run(["verify", "--tolerate", code, str(good)]) == 2
    assert "cannot be tolerated" in capsys.readouterr().err


def test_an_error_can_be_tolerated_but_no_altered_file(tmp_path: Path, bad: Path, capsys: Printed) -> None:
    bag = str(write_bag(tmp_path / "b", {**bag_files(), "data/more": b""}))
    assert run(["verify", "--tolerate", "BAG-FILE-UNLISTED", bag]) == 0
    capsys.readouterr()
    assert run(["verify", "--tolerate", "BAG-FILE-ALTERED", str(bad)]) == 2
    assert "cannot be tolerated" in capsys.readouterr().err


def test_an_ingest_is_advised_only_of_a_bag_that_it_takes(
    tmp_path: Path, good: Path, holey: Path, capsys: Printed
) -> None:
    excused = write_bag(tmp_path / "b", {**bag_files(), "data/more": b""})
    told = []
    for arguments in ([good], ["--holey-ok", holey], ["--tolerate", "BAG-FILE-UNLISTED", excused]):
        assert run(["verify", *map(str, arguments)]) == 0
        told.append(f"archive ingest {arguments[-1]}" in capsys.readouterr().err)
    assert told == [True, False, False]


def test_no_ingest_is_advised_of_a_bag_that_an_archive_holds(tmp_path: Path, capsys: Printed) -> None:
    held = write_bag(tmp_path / "archive" / "bags" / "ab", bag_files())
    (tmp_path / "archive" / "archive.toml").write_text("")
    assert run(["verify", str(held)]) == 0
    assert "archive ingest" not in capsys.readouterr().err


def test_a_code_that_there_is_not_is_a_usage_error_with_the_nearest_one(good: Path, capsys: Printed) -> None:
    assert run(["verify", "--tolerate", "bag-file-alterd", str(good)]) == 2
    assert "BAG-FILE-ALTERED" in capsys.readouterr().err


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Twelve bags in folders, the fifth altered, one holding a bag in its payload."""
    folder = tmp_path / "shelf"
    for number in range(12):
        files = bag_files({"data/a.txt": b"%d" % number})
        bag = write_bag(folder / f"year-{number % 3}" / f"bag-{number:02}", files)
        if number == 5:
            (bag / "data/a.txt").write_bytes(b"!")
    inner = {f"data/inner/{path}": content for path, content in bag_files().items()}
    write_bag(folder / "outer", bag_files(inner))
    return folder


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_shelf_is_one_run_with_one_report_in_order(shelf: Path, capsys: Printed, jobs: str) -> None:
    assert run(["verify", "--recursive", "--jobs", jobs, "--format", "json", str(shelf)]) == 1
    found = document(capsys)
    names = [Path(bag["bag"]).name for bag in found["bags"]]
    by_year = sorted(range(12), key=lambda number: (number % 3, number))
    assert names == ["outer", *(f"bag-{number:02}" for number in by_year)]
    assert [Path(bag["bag"]).name for bag in found["bags"] if bag["verdict"] != "valid"] == ["bag-05"]


def test_tars_and_zips_on_a_shelf_are_judged_too_also_those_that_are_none(
    tmp_path: Path, capsys: Printed
) -> None:
    shelf = tmp_path / "shelf"
    outer = write_bag(shelf / "a", bag_files({"data/inner.zip": b"no zip"}))
    packed = honest_tar(in_folder(bag_files(), "b"))
    (shelf / "year").mkdir()
    for name, content in {
        "b.TAR.GZ": gzip.compress(packed),
        "c.zip": honest_zip(in_folder(bag_files(), "c")),
        "damaged.tar": b"\xff" * 512 + packed[512:],
        "letter.txt": packed,
        "year/d.tar": honest_tar(in_folder({**bag_files(), "data/letter.txt": b"!"}, "d")),
    }.items():
        (shelf / name).write_bytes(content)
    (shelf / "link.zip").symlink_to(shelf / "c.zip")
    (shelf / "folder.zip").mkdir()
    os.mkfifo(shelf / "pipe.tar")
    assert run(["verify", "-r", "--format", "json", str(shelf)]) == 1
    assert [(bag["bag"], bag["verdict"]) for bag in document(capsys)["bags"]] == [
        (str(outer), "valid"),
        (f"{shelf}/b.TAR.GZ", "valid"),
        (f"{shelf}/c.zip", "valid"),
        (f"{shelf}/damaged.tar", "unverifiable"),
        (f"{shelf}/year/d.tar", "invalid"),
    ]


def test_a_folder_of_tars_is_answered_with_recursive(tmp_path: Path, capsys: Printed) -> None:
    (tmp_path / "shelf").mkdir()
    (tmp_path / "shelf" / "bag.tar").write_bytes(honest_tar(in_folder(bag_files())))
    assert run(["verify", str(tmp_path / "shelf")]) == 2
    said = capsys.readouterr().err
    assert "bag.tar" in said
    assert "--recursive" in said


def test_a_broken_bag_without_declaration_is_found_on_a_shelf(shelf: Path, capsys: Printed) -> None:
    (shelf / "outer" / "bagit.txt").unlink()
    assert run(["verify", "-r", "--format", "json", str(shelf)]) == 1
    assert document(capsys)["bags"][0]["verdict"] == "invalid"


def test_one_bag_judged_in_several_processes_gives_the_same_report(
    tmp_path: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    payload = {f"data/{number % 7}/{number}.txt": b"%d" % number for number in range(700)}
    payload["data/large"] = bytes(3 << 20)
    bag = write_bag(tmp_path / "b", bag_files(payload, algorithms=(Algorithm.MD5, Algorithm.SHA512)))
    (bag / "data/3/17.txt").write_bytes(b"?")
    (bag / "data/large").write_bytes(bytes(3 << 20)[:-1] + b"1")
    monkeypatch.setattr("archive.storage.bag_sources.folder._ALONE", 0)
    documents = []
    for jobs in ("1", "2"):
        assert run(["verify", "--jobs", jobs, "--format", "json", str(bag)]) == 1
        documents.append(document(capsys))
    assert documents[0] == documents[1]
    assert documents[0]["bags"][0]["errors"] == 4


def test_the_table_has_a_row_for_each_finding_and_no_formula(
    tmp_path: Path, good: Path, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = write_bag(tmp_path / "odd", {**bag_files(), "data/=cmd": b"", "data/\n": b""})
    table = tmp_path / "table.csv"
    assert run(["verify", str(good), str(odd), "--csv", str(table)]) == 1
    assert "odd: invalid" in capsys.readouterr().out
    rows = list(csv.DictReader(io.StringIO(table.read_text("utf-8"))))
    assert [row["verdict"] for row in rows] == ["valid"] + ["invalid"] * 3
    assert {row["place"] for row in rows if row["code"] == "BAG-FILE-UNLISTED"} == {"data/=cmd", "data/\\x0a"}
    assert run(["verify", str(odd), "--csv", "-"]) == 1
    printed = capsys.readouterr()
    assert printed.out.splitlines()[0].startswith("bag,verdict,version")
    assert len(printed.out.splitlines()) == 4
    monkeypatch.chdir(tmp_path)
    write_bag(tmp_path / "=1+1", bag_files())
    assert run(["verify", "=1+1", "--csv", "-"]) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("'=1+1,valid")


def test_a_table_is_never_written_into_a_bag(good: Path) -> None:
    assert run(["verify", str(good), "--csv", str(good / "data" / "table.csv")]) == 2
    assert run(["verify", "--format", "json", str(good), "--csv", "-"]) == 2
    assert run(["verify", str(good), "--csv", str(good.parent / "none" / "table.csv")]) == 2
    assert not list(good.rglob("*.csv"))


def test_an_archive_is_answered_with_audit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    made.ingest({"a.txt": b"one"})
    capsys.readouterr()
    assert run(["verify", str(made.root)]) == 2
    assert "audit" in capsys.readouterr().err
    assert run(["verify", "-r", str(made.root / "bags")]) == 0


def test_a_folder_of_bags_is_answered_with_recursive(shelf: Path, capsys: Printed) -> None:
    assert run(["verify", str(shelf)]) == 2
    assert "--recursive" in capsys.readouterr().err
    empty = shelf / "empty"
    empty.mkdir()
    assert run(["verify", "-r", str(empty)]) == 2
    assert run(["verify", str(empty)]) == 1


def test_a_shelf_of_tars_is_never_passed_over_in_silence(tmp_path: Path, capsys: Printed) -> None:
    (tmp_path / "bag.tar").write_bytes(b"")
    assert run(["verify", "-r", str(tmp_path)]) == 3
    assert "bag.tar" in capsys.readouterr().out
    assert run(["verify", "-r", str(tmp_path / "bag.tar")]) == 3


@pytest.mark.parametrize("kind", ["file", "fifo"])
def test_what_is_no_bag_at_all_is_unverifiable(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x"
    if kind == "file":
        path.write_bytes(b"no bag")
    else:
        os.mkfifo(path)
    assert run(["verify", str(path)]) == 3


def test_a_path_with_nothing_there_is_said_to_be_so(tmp_path: Path, capsys: Printed) -> None:
    assert run(["--format", "json", "verify", str(tmp_path / "nothing")]) == 3
    (finding,) = document(capsys)["bags"][0]["findings"]
    assert (finding["message"], finding["remedy"]) == (
        "is not there",
        "Name a folder, tar or zip that exists.",
    )


def test_the_next_step_can_be_pasted(good: Path, capsys: Printed) -> None:
    bag = good.rename(good.with_name("two words"))
    assert run(["verify", str(bag)]) == 0
    assert f"archive ingest '{bag}' --describe-later takes" in capsys.readouterr().err


def test_a_lost_shelf_is_unverifiable_and_never_valid(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Dying:
        jobs = 2

        def __init__(self, jobs: int) -> None:
            pass

        def run(self, _: Any, batches: Any) -> Any:
            return ((batch, None) for batch in batches)

        def close(self) -> None:
            pass

    monkeypatch.setattr(verify_run, "ProcessLanes", Dying)
    assert run(["verify", "-r", "--jobs", "2", str(shelf)]) == 3


def snapshot(folder: Path) -> dict[str, tuple[int, int, int, bytes]]:
    """Names, modes, sizes, modification times and bytes below a folder."""
    found = {}
    for path in [folder, *folder.rglob("*")]:
        status = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        found[str(path)] = (status.st_mode, status.st_size, status.st_mtime_ns, content)
    return found


@pytest.mark.parametrize("name", ["good", "bad", "holey", "shelf"])
def test_nothing_is_changed_or_made(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    request.getfixturevalue(name)
    before = snapshot(tmp_path)
    run(["verify", "-r", str(tmp_path), "--strict", "--holey-ok"])
    assert snapshot(tmp_path) == before


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mount"), reason="only root can mount read-only")
def test_a_bag_on_a_read_only_mount_is_judged(tmp_path: Path, capsys: Printed) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(disk)], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("no mount is allowed here")
    try:
        bag = write_bag(disk / "bag", bag_files())
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        before = snapshot(disk)
        assert run(["verify", str(bag)]) == 0
        assert snapshot(disk) == before
        with pytest.raises(OSError, match="Read-only"):
            (bag / "x").write_bytes(b"")
    finally:
        subprocess.run(["umount", str(disk)], check=True)
