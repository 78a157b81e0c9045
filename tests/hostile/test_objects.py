"""Links, pipes, sockets, devices, unreadable and changing files: never followed, never waited for, named."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.command import Command
from tests.hostile.submission import bags, codes, describe, ingest, payloads, put, require_sound


def _link(target: str | Path) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(str(path))


def _device(path: Path) -> None:
    try:
        os.mknod(path, 0o600 | 0o020000, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("a device can only be made by root")


OBJECTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "a link outside": (_link("/etc/passwd"), "SRC-LINK"),
    "a link inside": (_link("good.txt"), "SRC-LINK"),
    "a dangling link": (_link("nowhere"), "SRC-LINK"),
    "a link to itself": (_link("odd.txt"), "SRC-LINK"),
    "a linked folder": (_link("/etc"), "SRC-LINK"),
    "a loop of folders": (_link("."), "SRC-LINK"),
    "a pipe": (os.mkfifo, "SRC-SPECIAL"),
    "a socket": (_socket, "SRC-SPECIAL"),
    "a device": (_device, "SRC-SPECIAL"),
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A submission with one good, described document."""
    folder = tmp_path / "source"
    put(folder, "good.txt")
    describe(folder, "good.txt")
    return folder


@pytest.mark.parametrize("name", OBJECTS)
def test_what_is_no_regular_file_is_refused_at_once(archive: Command, source: Path, name: str) -> None:
    make, code = OBJECTS[name]
    make(source / "odd.txt")
    begun = time.monotonic()
    report = ingest(archive, source, code=4)
    assert time.monotonic() - begun < 60  # a hang, not a measurement
    assert codes(report) == {code}
    assert [one["place"] for one in report["findings"]] == ["odd.txt"]
    assert bags(archive) == []


@pytest.mark.parametrize("name", ["a link outside", "a pipe"])
def test_a_special_file_is_refused_beside_good_ones_and_may_be_excluded(
    archive: Command, source: Path, name: str
) -> None:
    make, code = OBJECTS[name]
    make(source / "odd.txt")
    report = ingest(archive, source, "--on-error", "continue", code=4)
    assert (codes(report), report["counts"]["ingested"]) == ({code}, 1)
    again = ingest(archive, source, "--exclude", "odd.txt")
    assert [one["source"] for one in again["left_out"]] == ["odd.txt"]
    require_sound(archive, 1)


@pytest.mark.parametrize("suffix", ["dc.json", "csv"])
def test_a_description_that_is_a_link_is_never_opened(archive: Command, tmp_path: Path, suffix: str) -> None:
    source = tmp_path / "source"
    put(source, "letter.txt")
    put(tmp_path, "outside.json", b'{"title": "stolen"}')
    name = "letter.txt.dc.json" if suffix == "dc.json" else "metadata.csv"
    (source / name).symlink_to(tmp_path / "outside.json")
    report = ingest(archive, source, code=4)
    assert "SRC-LINK" in codes(report)


@pytest.mark.parametrize("name", ["sub", "sub/secret.txt"])
def test_mode_000_is_named_and_nothing_is_held(tmp_path: Path, archive: Command, name: str) -> None:
    source = tmp_path / "source"
    put(source, "good.txt")
    put(source, "sub/secret.txt")
    (source / name).chmod(0)
    program = [sys.executable, "-m", "archive", "-C", str(archive.root)]
    unprivileged = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]
    if os.geteuid() != 0:
        unprivileged = []
    elif subprocess.run([*unprivileged, "true"], capture_output=True, check=False).returncode:
        pytest.skip("setpriv is not here, and root reads everything")
    done = subprocess.run(
        [*unprivileged, *program, "ingest", str(source), "--describe-later", "--no-identify"],
        capture_output=True,
        text=True,
        env=archive.environment(),
        timeout=30,
        check=False,
    )
    (source / name).chmod(0o755)
    assert done.returncode == 3, done.stderr
    assert f"{name}: cannot be read" in done.stdout
    assert bags(archive) == []


def test_the_archive_in_the_source_and_the_source_in_the_archive_are_wrong_use(
    archive: Command, tmp_path: Path
) -> None:
    put(tmp_path, "a.txt")
    assert "holds the archive itself" in ingest(archive, tmp_path, "--describe-later", code=2)["message"]
    inside = archive.root / "bags"
    assert "inside the archive" in ingest(archive, inside, "--describe-later", code=2)["message"]
    door = tmp_path / "door"
    door.symlink_to(archive.root)
    assert "archive" in ingest(archive, door, "--describe-later", code=2)["message"]


def test_a_source_named_twice_is_wrong_use(archive: Command, source: Path) -> None:
    assert "named twice" in ingest(archive, source, source, code=2)["message"]
    assert "named twice" in ingest(archive, source, f"{source}/.", code=2)["message"]
    door = source.parent / "door"
    door.symlink_to(source)
    assert "named twice" in ingest(archive, source, door, code=2)["message"]


def test_a_source_inside_another_is_wrong_use(archive: Command, source: Path) -> None:
    for pair in ((source, source / "good.txt"), (source / "good.txt", source)):
        assert "taken twice" in ingest(archive, *pair, code=2)["message"]


@pytest.mark.parametrize("given", ["nowhere", "", "nowhere/below", "a\x01b"])
def test_a_source_that_is_not_there_is_wrong_use(archive: Command, tmp_path: Path, given: str) -> None:
    report = archive("ingest", given, "--describe-later", "--format", "json", code=2, cwd=tmp_path).json
    assert report["kind"] == "error"


def test_a_hundred_levels_are_taken(archive: Command, tmp_path: Path) -> None:
    source = tmp_path / "source"
    deep = "/".join(["d"] * 100) + "/deep.txt"
    put(source, deep)
    report = ingest(archive, source, "--describe-later")
    assert [one["source"] for one in report["ingested"]] == [deep]
    require_sound(archive, 1)


def test_a_path_that_no_archive_could_have_refuses_its_document_alone(
    archive: Command, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    put(source, f"{'d' * 200}/" * 17 + "deep.txt")  # 3,417 bytes: more than is stored
    put(source, "good.txt")
    table = tmp_path / "metadata.csv"
    table.write_text(f"filename,title\n{'d' * 200}/,Deep\ngood.txt,Good\n", encoding="ascii")
    words: list[str | Path] = [source, "--metadata", table, "--on-error", "continue"]
    assert "SRC-PATH" in archive("check", *words[:3], code=1).out
    report = ingest(archive, *words, code=4)
    assert codes(report) - {"TABLE-READ"} == {"SRC-PATH"}
    assert [one["title"] for one in report["ingested"]] == ["Good"]
    require_sound(archive, 1)


def test_a_document_of_one_file_may_lie_deeper(archive: Command, tmp_path: Path) -> None:
    source = tmp_path / "source"
    put(source, f"{'d' * 200}/" * 17 + "deep.txt")
    assert ingest(archive, source, "--describe-later")["counts"]["ingested"] == 1
    require_sound(archive, 1)


def test_a_sparse_file_is_taken_in_constant_memory(archive: Command, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    with open(source / "sparse.bin", "wb") as stream:
        stream.truncate(256 << 20)
    words = ["-C", archive.root, "ingest", source, "--describe-later", "--no-identify", "--jobs", "1"]
    # A small process in between: a child's peak begins with that of the process that forked it.
    program = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, sys.executable, "-m", "archive", *map(str, words)],
        env=archive.environment(),
        capture_output=True,
        check=True,
        timeout=120,
    )
    assert int(done.stdout) < 150 << 10  # KiB
    require_sound(archive, 1)


def test_thousands_of_files_are_one_document(archive: Command, tmp_path: Path) -> None:
    source = tmp_path / "source"
    for number in range(3000):
        put(source, f"album/{number // 100:02d}/{number:04d}.tif", b"%d" % number)
    put(source, "album/.hidden")
    put(source, "metadata.csv", b"filename,title\nalbum,An album\n")
    report = ingest(archive, source)
    assert report["counts"]["ingested"] == 1
    assert len(payloads(archive)) == 3001
    require_sound(archive, 1)


def test_litter_is_named_and_left_out(archive: Command, source: Path) -> None:
    names = {".DS_Store", "Thumbs.db", "desktop.ini", "._good.txt", "~$good.docx", "good.txt:Zone.Identifier"}
    for name in names:
        put(source, name)
    folders = {"System Volume Information", ".Trash-1000"}
    for name in folders:
        put(source, f"{name}/x")
    report = ingest(archive, source)
    assert {one["source"] for one in report["left_out"]} == names | folders
    require_sound(archive, 1)


def test_setuid_and_write_bits_are_normalised(archive: Command, source: Path) -> None:
    (source / "good.txt").chmod(0o6777)
    ingest(archive, source)
    (stored,) = bags(archive)[0].glob("data/*")
    assert stored.stat().st_mode & 0o7777 == 0o444


def test_hard_links_in_a_source_become_files_of_their_own(archive: Command, source: Path) -> None:
    os.link(source / "good.txt", source / "again.txt")
    describe(source, "again.txt")
    ingest(archive, source)
    stored = [path for bag in bags(archive) for path in bag.glob("data/*")]
    assert {(path.name, path.stat().st_nlink) for path in stored} == {("good.txt", 1), ("again.txt", 1)}
    require_sound(archive, 2)
