"""A sidecar that says that it describes another file than the one it stands beside describes neither."""

import json
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from tests.archives import MadeArchive, make_archive
from tests.checking import Checked, checked, filled
from tests.conformance.bag_cases.bag import build, good

WRITTEN = {
    "json": '{{"title": "T", "filename": {}}}',
    "yaml": "title: T\nfilename: {}\n",
    "xml": "<record><title>T</title><filename>{}</filename></record>",
}


def sidecar(folder: Path, name: str, *named: str, form: str = "json") -> None:
    """A sidecar with that name that says what it describes."""
    value = json.dumps(named[0] if len(named) == 1 else named) if form != "xml" else named[0]
    (folder / f"{name}.dc.{form}").write_text(WRITTEN[form].format(value))


def said(told: Checked) -> list[tuple[str, str]]:
    return [(each["place"], each["found"]) for each in told.findings if each["code"] == "PAIR-AMBIGUOUS"]


@pytest.mark.parametrize("form", WRITTEN)
def test_one_that_was_copied_from_beside_another_file_is_refused(tmp_path: Path, form: str) -> None:
    stick = filled(tmp_path / "stick", "1.txt", "2.txt")
    for name in ("1.txt", "2.txt"):
        sidecar(stick, name, "1.txt", form=form)
    told = checked(stick)
    assert told.titles == {"1.txt": "T"}
    assert said(told) == [(f"2.txt.dc.{form}", "1.txt")]


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ("2.txt", "absent.txt"),
        ("2.txt", "sub/2.txt"),  # which is there
        ("2.txt", "sub/3.txt"),
        ("2.txt", "sub/"),
        ("sub/2.txt", "../2.txt"),
        ("sub/2.txt", "./1.txt"),
        ("2.txt", "data/2.txt"),  # a folder that is there, and without such a file
        ("2.txt", "2.TXT"),  # which is there, where the file system tells them apart
        ("2.txt", "2.pdf"),
        ("2.txt", "\ud800/2.txt"),
        ("2.txt", "\ud800"),
    ],
)
def test_what_names_another_file_is_told(tmp_path: Path, document: str, named: str) -> None:
    stick = filled(tmp_path / "stick", "1.txt", "2.txt", "sub/2.txt", "data/1.txt")
    if named == "2.TXT":
        filled(stick, named)
        if len(list(stick.glob("2.*"))) == 1:
            pytest.skip("a file system without capitals")
    sidecar(stick, document, named)
    told = checked(stick)
    assert told.titles == {}
    assert len(said(told)) == 1


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ("sub/2.txt", "2.txt"),
        ("sub/2.txt", "sub/2.txt"),
        ("sub/2.txt", " ./sub/2.txt "),
        ("sub/2.txt", "sub\\2.txt"),
        ("sub/2.txt", "objects/sub/2.txt"),
        ("sub/2.txt", "objects\\2.txt"),
        ("sub/2.txt", "C:\\scans\\2.TXT"),  # from where it was made
        ("sub/2.txt", "2"),
        ("2.txt", "data/2.txt"),
        ("caf\u00e9.txt", "cafe\u0301.txt"),
    ],
)
def test_its_own_document_in_any_spelling_is_no_other(tmp_path: Path, document: str, named: str) -> None:
    stick = filled(tmp_path / "stick", "sub/2.txt", "2.txt" if document == "2.txt" else document)
    sidecar(stick, document, named)
    told = checked(stick)
    assert told.titles == {document: "T"}
    assert said(told) == []


def test_one_without_the_ending_may_name_it_and_one_of_several_files_may_not(tmp_path: Path) -> None:
    stick = filled(tmp_path / "stick", "1.txt", "2.txt")
    sidecar(stick, "1", "1.txt")
    sidecar(stick, "2", "2.txt", "1.txt")
    told = checked(stick)
    assert told.titles == {"1.txt": "T"}
    assert said(told) == [("2.dc.json", "1.txt")]


@pytest.mark.parametrize(("named", "is_own"), [("transfer/", True), ("./transfer", True), ("other/", False)])
def test_beside_a_bag_it_names_the_folder(tmp_path: Path, named: str, is_own: bool) -> None:
    build(good(), tmp_path / "transfer")
    sidecar(tmp_path, "transfer", named)
    told = checked(tmp_path / "transfer")
    assert told.titles == ({"transfer/": "T"} if is_own else {})
    assert said(told) == ([] if is_own else [("transfer.dc.json", "other/")])


@pytest.mark.parametrize("of_a_bag", [False, True])
def test_a_check_a_dry_run_and_an_ingest_say_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], of_a_bag: bool
) -> None:
    made: MadeArchive = make_archive(tmp_path / "home", monkeypatch)
    source = tmp_path / "stick"
    if of_a_bag:
        build(good(), source)
        sidecar(tmp_path, "stick", "1.txt")
    else:
        sidecar(filled(source, "1.txt", "2.txt"), "2.txt", "1.txt")
        sidecar(source, "1.txt", "1.txt")
    capsys.readouterr()

    def told(*words: str) -> Any:
        code = run(["-C", str(made.root), "--format", "json", *words, str(source)])
        report = json.loads(capsys.readouterr().out)
        found = [*report["findings"], *(x for each in report.get("rejected", ()) for x in each["findings"])]
        return code, sorted(json.dumps(each, sort_keys=True) for each in found if each["severity"] == "error")

    (checked_code, errors), dry, real = told("check"), told("ingest", "--dry-run"), told("ingest")
    assert (checked_code, dry, real) == (1, (4, errors), (4, errors))
    assert [json.loads(each)["code"] for each in errors] == ["PAIR-AMBIGUOUS"]
    assert not list(made.root.glob("bags/*/*"))
