"""A bag judges the same in a folder, a tar and a zip; no damage of a container raises, hangs or writes."""

import bz2
import gzip
import lzma
import random
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.core.bagit.verdicts import BagReport, BagVerdict
from archive.core.bagit_judge import Policy
from archive.services.surroundings import SilentProgress
from archive.services.verify.lanes import ProcessLanes
from archive.services.verify.run import judge_path
from tests.containers import bag_files, bag_zip, honest_tar, honest_zip, in_folder, look

ROOT = "bag"
# What a file system takes for a name; a backslash is none in a zip.
COMPONENTS = st.text(st.characters(exclude_characters="/\\\0", codec="utf-8"), min_size=1, max_size=8).filter(
    lambda name: name not in (".", "..")
)
PATHS = st.lists(COMPONENTS, min_size=1, max_size=3).map("/".join)
PAYLOADS = st.dictionaries(PATHS, st.binary(max_size=300), max_size=6).filter(
    lambda files: not any(other.startswith(f"{path}/") for path in files for other in files)
)
DAMAGES = ("none", "a byte", "a file less", "a file more", "an unlisted tag file")


def damaged(files: dict[str, bytes], kind: str) -> dict[str, bytes]:
    """The bag with one thing changed."""
    files = dict(files)
    payload = sorted(path for path in files if path.startswith("data/"))
    if kind == "a byte" and payload and files[payload[0]]:
        files[payload[0]] = bytes((files[payload[0]][0] ^ 1,)) + files[payload[0]][1:]
    elif kind == "a file less" and payload:
        del files[payload[0]]
    elif kind == "a file more":
        files["data/unexpected file"] = b"x"
    elif kind == "an unlisted tag file":
        files["notes.txt"] = b"x"
    return files


def packed_tar(files: dict[str, bytes]) -> bytes:
    return honest_tar(files, tarfile.PAX_FORMAT)


PACKINGS: dict[str, Callable[[dict[str, bytes]], bytes]] = {
    "tar": packed_tar,
    "tar.gz": lambda files: gzip.compress(packed_tar(files)),
    "tar.bz2": lambda files: bz2.compress(packed_tar(files)),
    "tar.xz": lambda files: lzma.compress(packed_tar(files)),
    "zip": honest_zip,
    "stored.zip": lambda files: honest_zip(files, zipfile.ZIP_STORED),
}


def judged(path: Path) -> BagReport:
    return judge_path(str(path), Policy(), ProcessLanes(1), (), SilentProgress())


def said(report: BagReport) -> tuple[object, ...]:
    """The judgement without what a container adds."""
    own = [
        (each.code, each.place, each.severity) for each in report.findings if not each.code.startswith("SER-")
    ]
    return (report.verdict, report.version, report.counts, own)


@settings(max_examples=60, deadline=None)
@given(
    PAYLOADS, st.sampled_from(DAMAGES), st.sampled_from(sorted(PACKINGS)), st.randoms(use_true_random=False)
)
def test_a_bag_packed_in_any_order_judges_like_the_folder(
    payload: dict[str, bytes], damage: str, packing: str, chance: random.Random
) -> None:
    files = damaged(bag_files(payload), damage)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / ROOT
        (root / "data").mkdir(parents=True)
        for path, content in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
        members = list(in_folder(files, ROOT).items())
        if not any(path.startswith("data/") for path in files):
            members.append((f"{ROOT}/data/", b""))
        chance.shuffle(members)
        container = Path(folder) / f"{ROOT}.{packing}"
        container.write_bytes(PACKINGS[packing](dict(members)))
        assert said(judged(container)) == said(judged(root))


SAMPLES = {
    "tar": packed_tar(in_folder(bag_files())),
    "tar.gz": gzip.compress(packed_tar(in_folder(bag_files())), mtime=0),
    "tar.xz": lzma.compress(packed_tar(in_folder(bag_files()))),
    "zip": honest_zip(in_folder(bag_files())),
}


@st.composite
def flips(draw: st.DrawFn) -> tuple[str, bytes]:
    """A container with some bytes changed, cut, or put in twice."""
    name = draw(st.sampled_from(sorted(SAMPLES)))
    content = bytearray(SAMPLES[name])
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content) - 1))
        match draw(st.integers(0, 3)):
            case 0:
                content[at] = draw(st.integers(0, 255))
            case 1:
                content[at] ^= 1 << draw(st.integers(0, 7))
            case 2:
                del content[at : at + draw(st.integers(1, 600))]
            case 3:
                content[at:at] = content[at : at + draw(st.integers(1, 600))]
        if not content:
            break
    return name, bytes(content)


@settings(max_examples=300, deadline=None)
@given(flips())
def test_no_damage_of_a_container_raises_or_writes(damage: tuple[str, bytes]) -> None:
    name, content = damage
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"bag.{name}"
        path.write_bytes(content)
        report = judged(path)
        assert report.verdict in BagVerdict
        assert [found.name for found in Path(folder).iterdir()] == [path.name]
        assert path.read_bytes() == content


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=3000),
    st.sampled_from([b"", b"\x1f\x8b\x08", b"PK\3\4", b"BZh9", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd"]),
)
def test_no_bytes_make_the_opener_raise(content: bytes, magic: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bag"
        path.write_bytes(magic + content)
        look(path)


@pytest.mark.parametrize("ending", ["tar", "tar.gz", "zip"])
def test_a_bag_is_never_called_valid_when_any_byte_of_its_payload_differs(
    tmp_path: Path, ending: str
) -> None:
    marked = bag_files({"letter.txt": b"the one and only text"})
    other = dict(marked)
    other["data/letter.txt"] = b"the one and only tixt"
    path = tmp_path / f"bag.{ending}"
    path.write_bytes(PACKINGS[ending](in_folder(other)))
    assert judged(path).verdict is BagVerdict.INVALID


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["zip", "tar"])
def test_any_single_bit_of_a_container_is_judged_without_trouble(tmp_path: Path, ending: str) -> None:
    content = bag_zip() if ending == "zip" else SAMPLES["tar"]
    path = tmp_path / f"bag.{ending}"
    valid = judged_bytes(path, content)
    assert valid is BagVerdict.VALID
    for at in range(len(content)):
        changed = bytearray(content)
        changed[at] ^= 1 << (at % 8)
        judged_bytes(path, bytes(changed))


def judged_bytes(path: Path, content: bytes) -> BagVerdict:
    path.write_bytes(content)
    return judged(path).verdict
