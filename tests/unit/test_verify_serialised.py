"""`archive verify` of tars and zips, as a user gives it."""

import gzip
import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from archive.cli.frame import cli
from archive.cli.parameters import BYTE_COUNT
from archive.core.limits.bags import MAX_DEPTH
from tests.containers import (
    bag_files,
    bag_tar,
    bag_zip,
    honest_tar,
    honest_zip,
    in_folder,
    tar_member,
    tar_of,
)


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, arguments, standalone_mode=False)
    assert result.exception is None, result.exception
    return int(result.return_value or 0), result.stdout


def verdicts(*arguments: str) -> tuple[int, dict[str, str]]:
    code, output = run("--format", "json", "verify", *arguments)
    return code, {Path(bag["bag"]).name: bag["verdict"] for bag in json.loads(output)["bags"]}


def test_folders_tars_and_zips_are_judged_in_one_run(tmp_path: Path) -> None:
    folder = tmp_path / "bag"
    for name, content in in_folder(bag_files()).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / "bag.tar.gz").write_bytes(gzip.compress(bag_tar()))
    (tmp_path / "bag.zip").write_bytes(bag_zip())
    (tmp_path / "cut.tar").write_bytes(bag_tar(end=b""))
    names = [str(folder), *(str(tmp_path / name) for name in ("bag.tar.gz", "bag.zip"))]
    assert verdicts(*names) == (0, {"bag": "valid", "bag.tar.gz": "valid", "bag.zip": "valid"})
    assert verdicts(str(tmp_path / "cut.tar")) == (1, {"cut.tar": "invalid"})


@pytest.mark.parametrize(("below_data", "verdict"), [(0, "valid"), (1, "unverifiable")])
def test_folders_below_each_other_are_read_to_one_depth_in_all_forms(
    tmp_path: Path, below_data: int, verdict: str
) -> None:
    deep = "d/" * (MAX_DEPTH - 1 + below_data) + "f"
    files = in_folder(bag_files({deep: b"x"}))
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / "bag.tar").write_bytes(honest_tar(files))
    (tmp_path / "bag.zip").write_bytes(honest_zip(files))
    _, judged = verdicts(*(str(tmp_path / name) for name in ("bag", "bag.tar", "bag.zip")))
    assert judged == dict.fromkeys(("bag", "bag.tar", "bag.zip"), verdict)


def test_an_archive_larger_than_its_size_allows_for_is_read_when_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "bag.tar.gz"
    zeros = bytes(70 << 20)
    content = bag_files({"zeros": b""}) | {"data/zeros": zeros}
    path.write_bytes(gzip.compress(tar_of(in_folder(content)), 1))
    assert verdicts(str(path)) == (3, {"bag.tar.gz": "unverifiable"})
    # Read in full, it turns out not to be what its manifest says.
    assert verdicts(str(path), "--max-expanded", "80M") == (1, {"bag.tar.gz": "invalid"})


@pytest.mark.parametrize("code", ["SER-TRUNCATED", "SER-BUDGET-BYTES"])
def test_what_keeps_a_container_from_being_judged_cannot_be_tolerated(tmp_path: Path, code: str) -> None:
    with pytest.raises(click.UsageError, match="cannot be tolerated"):
        cli.main(["verify", str(tmp_path), "--tolerate", code], standalone_mode=False)


def test_something_beside_the_bag_can_be_tolerated(tmp_path: Path) -> None:
    path = tmp_path / "bag.tar"
    path.write_bytes(bag_tar(tar_member("__MACOSX/._bag", b"x")))
    assert verdicts(str(path)) == (1, {"bag.tar": "invalid"})
    assert verdicts(str(path), "--tolerate", "SER-ROOTS") == (0, {"bag.tar": "valid"})


@pytest.mark.parametrize(
    ("text", "count"), [("7", 7), ("1K", 1024), ("500G", 500 << 30), ("2TiB", 2 << 40), ("3m", 3 << 20)]
)
def test_sizes_are_counted_in_units_of_1024(text: str, count: int) -> None:
    assert BYTE_COUNT.convert(text, None, None) == count


@pytest.mark.parametrize("text", ["", "0", "-1", "1.5G", "G", "1 G", "1e9", "١G"])
def test_what_is_no_size_is_a_usage_error(text: str) -> None:
    with pytest.raises(click.UsageError):
        BYTE_COUNT.convert(text, None, None)
