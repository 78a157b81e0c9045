"""Rows for folders beside rows for what is in them: nothing is refused, lost, or dependent on their order."""

import csv
import io
import itertools
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.core.descriptions.access import parse_access
from archive.core.descriptions.description import Description, Value
from archive.core.descriptions.folder_description import OF_THE_WHOLE, with_folder
from archive.services.check.preflight_alone import check
from archive.services.ingest.request import IngestRequest
from archive.services.surroundings import Surroundings
from archive.storage.plan import Plan
from tests.archives import make_archive

HEADER = ("filename", "dc.title", "dc.creator", "dc.date", "dcterms.extent", "shelf", "access")
ALL = ("objects/", "Everything", "Anna", "", "9 boxes", "S1", "restricted")
LETTERS = ("objects/letters/", "Letters of Bea", "Bea", "1940/1950", "3 folders", "", "")
A = ("objects/letters/a.txt ", "Letter A", "", "1944", "", "", "")
B = ("letters/b.txt", "Letter B", "Carl", "", "", "S9", "open")
OLD = ("data/letters/old", "Old letters", "", "1900", "", "", "")
MAPS = ("maps/", "Maps", "Dora", "", "", "", "")
FILES = ("letters/a.txt", "letters/b.txt", "letters/c.txt", "letters/old/x", "letters/old/y", "maps/1", "top")

Made = dict[str, dict[str, Any]]


def source_of(tmp_path: Path) -> Path:
    """A stick with folders in folders."""
    root = tmp_path / "stick"
    for name in FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return root


def written(root: Path, *rows: tuple[str, ...]) -> Path:
    """The rows under the header, as a table beside the stick."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADER, *rows])
    path = root.parent / "metadata.csv"
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return path


def checked(root: Path, *rows: tuple[str, ...]) -> tuple[Made, list[dict[str, Any]]]:
    """The documents that an ingest would make, by source, and what is found."""
    request = IngestRequest(sources=(str(root),), metadata=str(written(root, *rows)), jobs=1)
    with Plan() as plan:
        check(request, plan, Surroundings(), None)
        made = {
            document.source: {
                "description": Description.from_stored(document.description).to_json(),
                "files": sorted(file.path for file in document.files),
                "awaiting": document.awaiting,
            }
            for document in plan.documents()
        }
        return made, list(plan.all_findings())


def codes(found: list[dict[str, Any]]) -> list[str]:
    """The codes of what was found, but for how the table was read."""
    return sorted(finding["code"] for finding in found if finding["code"] != "TABLE-READ")


def test_a_row_of_its_own_wins_and_takes_the_rest_from_the_folders_around_it(tmp_path: Path) -> None:
    made, found = checked(source_of(tmp_path), ALL, LETTERS, A, B, OLD, MAPS)
    assert codes(found) == ["PAIR-FOLDER", "PAIR-FOLDER"]
    assert made["letters/a.txt"]["description"] == {
        "schema": "dublin-core/1",
        "title": ["Letter A"],
        "creator": ["Bea"],
        "date": ["1944"],
        "isPartOf": ["Letters of Bea"],
        "access": "restricted",
        "other": {
            "folder.title": ["Letters of Bea", "Everything"],
            "folder.extent": ["3 folders", "9 boxes"],
            "shelf": ["S1"],
        },
    }
    b = made["letters/b.txt"]["description"]
    assert (b["creator"], b["date"], b["access"], b["other"]["shelf"]) == (
        ["Carl"],
        ["1940/1950"],
        "open",
        ["S9"],
    )
    assert made["letters/old/"]["files"] == ["letters/old/x", "letters/old/y"]
    assert made["letters/old/"]["description"]["date"] == ["1900"]
    assert made["maps/"]["description"]["isPartOf"] == ["Everything"]


def test_files_without_a_row_of_their_own_are_described_by_their_folders_and_await_more(
    tmp_path: Path,
) -> None:
    made, found = checked(source_of(tmp_path), ALL, LETTERS, A, B, OLD, MAPS)
    assert {name for name, each in made.items() if each["awaiting"]} == {"letters/c.txt", "top"}
    assert made["letters/c.txt"]["description"]["title"] == ["[c.txt]"]
    assert made["letters/c.txt"]["description"]["creator"] == ["Bea"]
    inner, outer = (finding["message"] for finding in found if finding["code"] == "PAIR-FOLDER")
    assert ["(3)" in inner, "letters/c.txt" in inner, "(5)" in outer, "top" in outer] == [True] * 4


def test_the_order_of_the_rows_changes_nothing(tmp_path: Path) -> None:
    root = source_of(tmp_path)
    rows = (ALL, LETTERS, A, OLD)
    (first, *_), *others = [checked(root, *order) for order in itertools.permutations(rows)]
    assert sorted(first) == [
        "letters/a.txt",
        "letters/b.txt",
        "letters/c.txt",
        "letters/old/",
        "maps/1",
        "top",
    ]
    for made, found in others:
        assert made == first
        assert codes(found) == ["PAIR-FOLDER", "PAIR-FOLDER"]


def test_a_folder_that_one_row_alone_speaks_of_is_one_document(tmp_path: Path) -> None:
    made, found = checked(source_of(tmp_path), ("objects", "Everything", *[""] * 5))
    assert {source: len(each["files"]) for source, each in made.items()} == {"stick/": 7}
    assert codes(found) == []


@pytest.mark.parametrize("rows", [(A, A), (OLD, OLD), (LETTERS, A, LETTERS), (A, LETTERS, LETTERS)])
def test_two_rows_for_the_same_are_an_error_still(tmp_path: Path, rows: tuple[tuple[str, ...], ...]) -> None:
    _, found = checked(source_of(tmp_path), ALL, *rows)
    assert "PAIR-TWICE" in codes(found)


@pytest.mark.parametrize("turn", [1, -1])
def test_a_file_whose_row_is_refused_is_not_taken_in_with_its_folder(tmp_path: Path, turn: int) -> None:
    rows = (LETTERS, (*A, "beyond the header"))[::turn]
    made, found = checked(source_of(tmp_path), *rows)
    assert "DESC-CSV-LONG-ROW" in codes(found)
    assert sorted(made) == ["letters/b.txt", "letters/c.txt", "letters/old/x", "letters/old/y"]


def test_checksums_in_a_row_for_a_folder_are_not_passed_over_in_silence(tmp_path: Path) -> None:
    root = source_of(tmp_path)
    path = written(root)
    path.write_text(f"filename,title,md5\nletters/,L,{'0' * 32}\nletters/a.txt,A,\n")
    with Plan() as plan:
        request = IngestRequest(sources=(str(root),), metadata=str(path), jobs=1)
        check(request, plan, Surroundings(), None)
        assert "SUM-SEVERAL" in codes(list(plan.all_findings()))


def test_a_hidden_title_of_a_folder_is_passed_on_to_nothing() -> None:
    folder = Description(
        {"title": (Value("Secret"),), "creator": (Value("C"),)},
        {"/dc.title": ('{"note":"Secret","value":"Secret"}',)},
        parse_access("restricted, title hidden"),
    )
    own = Description({"title": (Value("Page"),)}, {}, parse_access("open"))
    assert "Secret" not in str(with_folder(own, folder, None).to_json())
    assert with_folder(Description({}), folder, None).hides_title


def test_nothing_that_a_row_for_a_folder_says_is_lost() -> None:
    folder = Description({term: (Value(f"of {term}"),) for term in (*OF_THE_WHOLE, "creator")}, {"x": ("y",)})
    text = str(with_folder(Description({}), folder, None).to_json())
    assert all(f"of {term}" in text for term in (*OF_THE_WHOLE, "creator"))


def test_languages_schemes_and_iris_of_what_names_the_folder_stay() -> None:
    iri = "https://example.org/1"
    folder = Description(
        {
            "title": (Value("Titel", "de"), Value("Title", "en"), Value("Tit")),
            "identifier": (Value("978-3-16-148410-0", None, "isbn"), Value("Nr. 1", "de", None, iri)),
        }
    )
    kept = with_folder(Description({}, {"folder.title[de]": ("Nah",)}), folder, None).other
    assert kept == {
        "folder.title": ("Tit",),
        "folder.title[de]": ("Nah", "Titel"),
        "folder.title[en]": ("Title",),
        "folder.identifier": ("978-3-16-148410-0",),
        "folder.identifier[de]": ("Nr. 1",),
        "/folder.identifier": (
            '{"scheme":"isbn","value":"978-3-16-148410-0"}',
            f'{{"lang":"de","uri":"{iri}","value":"Nr. 1"}}',
        ),
    }


def test_what_was_done_with_the_row_is_said_in_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = source_of(tmp_path)
    made = make_archive(tmp_path, monkeypatch)
    words = [str(root), "--metadata", str(written(root, ALL, A))]
    assert run(["check", *words]) == 0
    assert "metadata.csv:2: the whole submission holds" in capsys.readouterr().out
    assert run(["-C", str(made.root), "ingest", *words, "--no-identify"]) == 0
    assert "metadata.csv:2: the whole submission holds" in capsys.readouterr().out
