"""Bags made to hang, exhaust or mislead their judge: an answer in seconds, of that bag alone."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from hashlib import sha512
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from archive.cli.frame import run
from archive.core.bagit import manifest_blocks
from archive.core.bagit.verdicts import BagVerdict
from archive.core.bagit.versions import V0_97
from archive.core.exit_codes import UNREADABLE
from archive.core.limits.output import BAG_FINDINGS, BAG_FINDINGS_TEXT
from tests.bags import bag_files, judged, write_bag
from tests.hostile.submission import RAW

SECONDS = 60  # a hang, not a measurement
MEGABYTES = 256

A = sha512(b"a").hexdigest().encode()
SOUND = A + b"  data/a\n"
MANIFEST = "manifest-sha512.txt"
MARKS = "\u0301\u0316".encode()  # to be put in order
UNPRIVILEGED = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all")


class Answer(NamedTuple):
    """What the command said of one bag, and what it took."""

    verdict: str
    codes: set[str]
    findings: int
    megabytes: int


def answer_of(bag: Path) -> Answer:
    """Judges in a process of its own, whose peak of memory a small one measures."""
    program = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], stdout=sys.stdout)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)\n"
    )
    words = ["-m", "archive", "verify", "--format", "json", str(bag)]
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", program, sys.executable, *words],
        capture_output=True,
        check=True,
        timeout=SECONDS,
        cwd=Path(__file__).parents[2],
    )
    assert time.monotonic() - began < SECONDS
    [found] = json.loads(done.stdout)["bags"]
    codes = {finding["code"] for finding in found["findings"]}
    return Answer(found["verdict"], codes, len(found["findings"]), int(done.stderr.split()[-1]) >> 10)


def bombs() -> Mapping[str, dict[str, bytes]]:
    """Each with one file that is far too much."""
    return {
        "200,000 bogus lines": {MANIFEST: b"bogus\n" * 200_000},
        "a line of 32 MB": {MANIFEST: b"x" * (32 << 20)},
        "a path of 32 MB": {MANIFEST: SOUND + A + b"  data/" + b"x" * (32 << 20)},
        "100,000 components": {MANIFEST: SOUND + A + b"  data/" + b"a/" * 100_000 + b"b\n"},
        "200,000 paths that climb": {MANIFEST: b"".join(A + b"  data/../%d\n" % n for n in range(200_000))},
        "4 million blank lines": {MANIFEST: b"\n" * (4 << 20)},
        "a declaration of 32 MB": {MANIFEST: SOUND, "bagit.txt": b"x" * (32 << 20)},
        "tags of 32 MB": {MANIFEST: SOUND, "bag-info.txt": b"x" * (32 << 20)},
        "bogus lines to fetch": {MANIFEST: SOUND, "fetch.txt": b"http://x 1 ../a\n" * 200_000},
        "names of combining marks": {
            MANIFEST: SOUND + b"".join(A + b"  data/e%b%d\n" % (MARKS * 15_000, n) for n in range(100))
        },
        "UTF-16 that ends nowhere": {
            "bagit.txt": b"BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-16\n",
            MANIFEST: b"\xd8\x00" * (8 << 20),
        },
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", bombs())
def test_a_bomb_is_answered_in_bounded_time_and_memory(tmp_path: Path, name: str) -> None:
    files = {**bag_files(tag_manifest=False), **bombs()[name], "data/a": b"a"}
    answer = answer_of(write_bag(tmp_path / "b", files))
    assert answer.verdict == "invalid"
    assert answer.findings <= 2100
    assert answer.megabytes < MEGABYTES


def test_a_line_without_end_is_not_read_to_its_end(tmp_path: Path) -> None:
    """A hole of a terabyte is one line of NULs."""
    bag = write_bag(tmp_path / "b", {**bag_files(tag_manifest=False), "fetch.txt": b""})
    for name in (MANIFEST, "fetch.txt"):
        os.truncate(bag / name, 1 << 40)
    report = judged(bag)
    stopped = {finding.place for finding in report.findings if finding.code == "BAG-READING-STOPPED"}
    assert (report.verdict, stopped) == (BagVerdict.INVALID, {MANIFEST, "fetch.txt"})


def test_a_line_that_is_repeated_without_end_is_not_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifest_blocks, "USELESS_LINES", 10)
    files = {**bag_files(version=V0_97, tag_manifest=False), "data/a": b"a"}
    files[MANIFEST] += SOUND * 12
    assert "BAG-READING-STOPPED" in {one.code for one in judged(write_bag(tmp_path / "b", files)).findings}


def test_findings_about_endless_names_stay_within_bounds_and_are_counted(tmp_path: Path) -> None:
    lines = b"".join(A + b"  data/%d%b\n" % (number, b"x" * 60_000) for number in range(30))
    files = {**bag_files(tag_manifest=False), "data/a": b"a"}
    files[MANIFEST] += SOUND + lines
    report = judged(write_bag(tmp_path / "b", files))
    missing = [finding for finding in report.findings if finding.code == "BAG-FILE-MISSING"]
    more = [finding.message for finding in report.findings if finding.code == "BAG-FINDINGS-MORE"]
    assert sum(len(finding.place) for finding in missing) <= BAG_FINDINGS_TEXT
    assert (report.counts.missing, more) == (30, [f"{30 - len(missing)} more findings BAG-FILE-MISSING"])


def test_entries_to_fetch_that_nothing_lists_are_counted_each(tmp_path: Path) -> None:
    fetch = b"".join(b"http://x - data/%d\n" % number for number in range(BAG_FINDINGS + 500))
    report = judged(write_bag(tmp_path / "b", bag_files(tags={"fetch.txt": fetch})))
    lines = [finding.at.line for finding in report.findings if finding.code == "BAG-FETCH-UNLISTED"]
    assert lines == list(range(1, BAG_FINDINGS + 1))
    assert "500 more findings BAG-FETCH-UNLISTED" in {finding.message for finding in report.findings}


@pytest.mark.slow
def test_a_million_files_that_are_all_absent_are_counted_in_seconds(tmp_path: Path) -> None:
    lines = b"".join(b"%0128x  data/box %03d/letter %07d.txt\n" % (n, n // 1000, n) for n in range(1_000_000))
    began = time.monotonic()
    answer = answer_of(write_bag(tmp_path / "b", {**bag_files({}, tag_manifest=False), MANIFEST: lines}))
    assert time.monotonic() - began < SECONDS / 2
    assert (answer.verdict, answer.codes) == ("incomplete", {"BAG-FILE-MISSING", "BAG-FINDINGS-MORE"})
    assert answer.findings == BAG_FINDINGS + 1
    assert answer.megabytes < 2 * MEGABYTES


@pytest.mark.slow
def test_300_000_folded_lines_are_one_value(tmp_path: Path) -> None:
    folded = b"Note: a\n" + b" b\n" * 300_000
    answer = answer_of(write_bag(tmp_path / "b", bag_files(tags={"bag-info.txt": folded})))
    assert (answer.verdict, answer.codes) == ("valid", set())
    assert answer.megabytes < MEGABYTES


def opened_by(bag: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Everything that is opened while a bag is judged, by its real path."""
    seen: set[str] = set()
    real = os.open

    def recording(path: Any, *rest: Any, **more: Any) -> int:
        descriptor = real(path, *rest, **more)
        seen.add(os.readlink(f"/proc/self/fd/{descriptor}"))
        return descriptor

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", recording)
        judged(bag)
    return seen


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no /proc to see what is opened")
@pytest.mark.parametrize(
    "path",
    [
        "../secret",
        "data/../../secret",
        "data/%2e%2e/%2e%2e/secret",
        "/etc/hostname",
        "//etc/hostname",
        "~/secret",
        "~root/secret",
        "C:\\secret",
        "\\\\?\\C:\\secret",
        "../b-sibling/secret",
        "data/link/secret",
        "data/link",
    ],
)
@pytest.mark.parametrize("listed_in", [MANIFEST, "tagmanifest-sha512.txt", "fetch.txt"])
def test_nothing_outside_the_bag_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, listed_in: str
) -> None:
    outside = tmp_path / "b-sibling"
    outside.mkdir()
    for secret in (outside / "secret", tmp_path / "secret"):
        secret.write_bytes(b"secret")
    files = bag_files(version=V0_97)
    digest = sha512(b"secret").hexdigest()
    line = f"https://x.org/ 6 {path}\n" if listed_in == "fetch.txt" else f"{digest}  {path}\n"
    files[listed_in] = files.get(listed_in, b"") + line.encode()
    bag = write_bag(tmp_path / "b", files)
    (bag / "data" / "link").symlink_to(outside)
    opened = opened_by(bag, monkeypatch)
    assert opened
    assert {one for one in opened if one != str(bag) and not one.startswith(f"{bag}/")} == set()


@pytest.mark.parametrize("place", ["", "data/", "meta/"])
def test_pipes_and_sockets_do_not_hold_the_judge_up(tmp_path: Path, place: str) -> None:
    bag = write_bag(tmp_path / "b", bag_files(tags={"meta/x": b""}))
    os.mkfifo(bag / f"{place}pipe")
    listener = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    try:
        os.chdir(bag)  # the name of a socket is short
        listener.bind(f"{place}socket")
    finally:
        os.chdir(here)
        listener.close()
    began = time.monotonic()
    report = judged(bag)
    assert time.monotonic() - began < 10
    assert report.verdict is BagVerdict.INVALID
    assert [finding.code for finding in report.findings if finding.code == "BAG-FILE-SPECIAL"] == [
        "BAG-FILE-SPECIAL"
    ] * 2


def test_a_hundred_levels_of_folders_are_judged(tmp_path: Path) -> None:
    deep = "data/" + "/".join(["d"] * 100) + "/f"
    report = judged(write_bag(tmp_path / "b", bag_files({deep: b"x"})))
    assert (report.verdict, report.counts.verified) == (BagVerdict.VALID, 3)


def test_a_folder_whose_name_holds_tagmanifest_is_judged_as_any(tmp_path: Path) -> None:
    report = judged(write_bag(tmp_path / "tagmanifest-x" / "b", bag_files()))
    assert (report.verdict, report.findings) == (BagVerdict.VALID, ())


@pytest.mark.parametrize("path", ["data/letter.txt", "data", MANIFEST, "bagit.txt"])
def test_what_may_not_be_read_is_unverifiable_and_named(tmp_path: Path, path: str) -> None:
    bag = write_bag(tmp_path / "b", bag_files())
    (bag / path).chmod(0)
    command = [sys.executable, "-m", "archive", "verify", "--format", "json", str(bag)]
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("setpriv is not here, and root reads everything")
        command = [*UNPRIVILEGED, *command]
    done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    (bag / path).chmod(0o755)
    assert done.returncode == UNREADABLE
    [report] = json.loads(done.stdout)["bags"]
    assert report["verdict"] == BagVerdict.UNVERIFIABLE
    assert path in {finding["place"] for finding in report["findings"]}


@pytest.mark.parametrize("name", [MANIFEST, "fetch.txt", "tagmanifest-sha512.txt"])
def test_an_escape_sequence_without_end_is_judged(name: str, tmp_path: Path) -> None:
    files = bag_files({"data/a": b"a"}, tag_manifest=False)
    declared = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: ISO-2022-JP\n"
    endless = b"\x1b$(" + b"(" * 9  # more bytes than the decoder keeps
    report = judged(write_bag(tmp_path / "b", {**files, "bagit.txt": declared, name: endless}))
    assert report.verdict is BagVerdict.INVALID
    assert "BAG-ENCODING-BYTES" in {finding.code for finding in report.findings}


def test_names_that_turn_text_round_are_escaped_in_json_too_and_stay_exact(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {f"data/\u202egpj{number}.exe\x7f\x9b2J": b"x" for number in range(2)}
    bag = write_bag(tmp_path / "b", bag_files(names))
    run(["verify", "--format", "json", str(bag)])
    said = capsys.readouterr().out
    assert not RAW.search(said)
    places = {finding["place"] for finding in json.loads(said)["bags"][0]["findings"]}
    assert set(names) <= places
