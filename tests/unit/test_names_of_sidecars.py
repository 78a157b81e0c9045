"""What counts as a sidecar is one thing: in a folder, beside a file that is a SOURCE, beside a bag."""

import os
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from archive.storage.sources import folder_sidecars
from tests.archives import described, make_archive
from tests.changes import Changing
from tests.conformance.bag_cases.bag import build, good

NFC, NFD = (unicodedata.normalize(form, "caf\u00e9.txt") for form in ("NFC", "NFD"))
two_forms = pytest.mark.skipif(sys.platform == "darwin", reason="there both forms are one name")
NAMES = [
    ("a.txt", "a.txt.dc.json"),
    ("a.txt", "a.txt.DC.JSON"),
    ("a.txt", "a.txt.Dc.Json"),
    pytest.param(NFC, f"{NFD}.dc.json", marks=two_forms),
    pytest.param(NFD, f"{NFC}.dc.json", marks=two_forms),
]


def a_file(folder: Path, name: str) -> Path:
    (folder / name).write_text(name)
    return folder / name


def a_bag(folder: Path, name: str) -> Path:
    build(good({"data/letter.txt": name.encode()}), folder / name)
    return folder / name


def in_a_folder(folder: Path, name: str) -> Path:
    return a_file(folder, name).parent


KINDS = pytest.mark.parametrize("kind", [a_file, a_bag, in_a_folder])


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Changing:
    """An archive, and a folder `l` beside it."""
    (tmp_path / "l").mkdir()
    return Changing(make_archive(tmp_path, monkeypatch), capsys)


def titles(report: Any) -> list[str]:
    return sorted(one["title"] for one in report["ingested"])


@KINDS
@pytest.mark.parametrize(("name", "sidecar"), NAMES)
def test_it_is_known_whatever_its_case_and_unicode_form(
    archive: Changing, kind: Callable[[Path, str], Path], name: str, sidecar: str
) -> None:
    folder = archive.made.folder / "l"
    source = kind(folder, name)
    (folder / sidecar).write_bytes(described("Said"))
    assert titles(archive("ingest", str(source))) == ["Said"]


@pytest.mark.parametrize("kind", [a_file, a_bag])
@pytest.mark.parametrize(("name", "sidecar"), NAMES)
def test_brought_beside_what_it_describes_it_is_no_document(
    archive: Changing, kind: Callable[[Path, str], Path], name: str, sidecar: str
) -> None:
    folder = archive.made.folder / "l"
    kind(folder, name)
    (folder / sidecar).write_bytes(described("Said"))
    sources = map(str, sorted(folder.iterdir()))
    assert titles(archive("ingest", *sources, "--describe-later")) == ["Said"]


@two_forms
@pytest.mark.parametrize("kind", [a_file, a_bag])
def test_beside_both_forms_each_describes_its_own(
    archive: Changing, kind: Callable[[Path, str], Path]
) -> None:
    folder = archive.made.folder / "l"
    for form, title in ((NFC, "C"), (NFD, "D")):
        kind(folder, form)
        (folder / f"{form}.dc.json").write_bytes(described(title))
    sources = [str(folder / form) for form in (NFC, NFD)]
    report = archive("ingest", *sources)
    assert {one["source"].rstrip("/"): one["title"] for one in report["ingested"]} == {NFC: "C", NFD: "D"}


def test_two_that_describe_nothing_that_was_brought_are_documents(archive: Changing) -> None:
    folder = archive.made.folder / "l"
    sources = [str(a_file(folder, name)) for name in ("a.dc.json", "a.dc.yaml")]
    report = archive("ingest", *sources, "--describe-later")
    assert sorted(one["source"] for one in report["ingested"]) == ["a.dc.json", "a.dc.yaml"]


@pytest.mark.parametrize("kind", [a_file, a_bag])
def test_in_a_folder_that_cannot_be_listed_it_is_found_by_its_usual_name(
    archive: Changing, monkeypatch: pytest.MonkeyPatch, kind: Callable[[Path, str], Path]
) -> None:
    folder = archive.made.folder / "l"
    source = kind(folder, "a.txt")
    (folder / "a.txt.dc.json").write_bytes(described("Said"))

    def refused(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(folder_sidecars, "os", SimpleNamespace(scandir=refused, path=os.path))
    assert titles(archive("ingest", str(source))) == ["Said"]
