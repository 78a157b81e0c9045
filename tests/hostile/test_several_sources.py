"""Several SOURCEs in one ingest: a description speaks of what it was brought with, or nobody guesses."""

from pathlib import Path
from typing import Any

import pytest

from tests.changes import Changing
from tests.conformance.bag_cases.bag import build, good


def put(folder: Path, *names: str) -> Path:
    """A SOURCE with files of those names, each of its own bytes."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name} of {folder.name}")
    return folder


def ingest(changing: Changing, *words: str | Path, code: int = 0) -> Any:
    """The report of an ingest that goes on from errors."""
    return changing("ingest", *map(str, words), "--on-error", "continue", "--no-identify", code=code)


def made(report: Any) -> list[tuple[str, str]]:
    """(source, title) of what was ingested."""
    return sorted((one["source"], one["title"]) for one in report["ingested"])


@pytest.mark.parametrize("name", ["a.txt", "box/", "box"])
def test_a_name_that_two_sources_have_describes_neither(
    changing: Changing, tmp_path: Path, name: str
) -> None:
    first, second = put(tmp_path / "first", "a.txt", "box/1"), put(tmp_path / "second", "a.txt", "box/2")
    table = tmp_path / "table.csv"
    table.write_text(f"filename,dc.title\n{name},Which?\n")
    report = ingest(changing, first, second, "--metadata", table, code=4)
    refused = {one["source"]: [found["code"] for found in one["findings"]] for one in report["rejected"]}
    assert report["ingested"] == []
    assert refused["a.txt" if name == "a.txt" else "box/"] == ["PAIR-AMBIGUOUS"]


def test_the_rest_of_a_row_with_a_name_that_two_sources_have_is_refused_with_it(
    changing: Changing, tmp_path: Path
) -> None:
    first, second = put(tmp_path / "first", "a.txt", "rest.txt"), put(tmp_path / "second", "a.txt")
    table = tmp_path / "table.csv"
    table.write_text("filename,dc.title\na.txt||rest.txt,Which?\n")
    report = ingest(changing, first, second, "--metadata", table, "--describe-later", code=4)
    refused = {one["source"]: [found["code"] for found in one["findings"]] for one in report["rejected"]}
    assert report["ingested"] == []
    assert refused == {"a.txt": ["PAIR-AMBIGUOUS"], "rest.txt": ["PAIR-AMBIGUOUS"]}


def test_a_name_that_two_bags_have_describes_neither(changing: Changing, tmp_path: Path) -> None:
    for folder in ("first", "second"):
        build(good({"data/letter.txt": folder.encode()}), tmp_path / folder / "bag")
    bags = [tmp_path / folder / "bag" for folder in ("first", "second")]
    table = tmp_path / "table.csv"
    table.write_text("filename,dc.title\nbag,Which?\n")
    report = ingest(changing, *bags, "--metadata", table, "--describe-later", code=4)
    codes = [[found["code"] for found in one["findings"]] for one in report["rejected"]]
    assert (report["ingested"], codes) == ([], [["PAIR-AMBIGUOUS"]])


@pytest.mark.parametrize(
    "name", ["bag-info.txt", "data/letter.txt", "data/letter.txt||gone", "bag-info.txt||a.txt"]
)
@pytest.mark.parametrize("bags", [("one",), ("one", "two")])
def test_a_bag_of_which_a_row_names_a_part_is_refused_whole(
    changing: Changing, tmp_path: Path, bags: tuple[str, ...], name: str
) -> None:
    for bag in bags:
        build(good({"data/letter.txt": bag.encode()}, tags={"bag-info.txt": b"A: b\n"}), tmp_path / bag)
    plain = put(tmp_path / "plain", "a.txt", "b.txt")
    table = tmp_path / "table.csv"
    table.write_text(f"filename,dc.title\n{name},Which?\n")
    sources = [plain, *(tmp_path / bag for bag in bags)]
    report = ingest(changing, *sources, "--metadata", table, "--describe-later", code=4)
    rest = {"a.txt", "b.txt"} - set(name.split("||"))
    assert {one["source"] for one in report["ingested"]} == rest
    assert {one["source"] for one in report["rejected"]} == {f"{bag}/" for bag in bags} | (
        {"a.txt", "b.txt"} - rest
    )


def test_a_table_in_a_source_speaks_of_that_source_alone(changing: Changing, tmp_path: Path) -> None:
    sources = [put(tmp_path / name, "a.txt", "box/1", "box/2") for name in ("first", "second")]
    for source in sources:
        rows = f"filename,dc.title\na.txt,A of {source.name}\nbox/,Box of {source.name}\nbox/1,One\n"
        (source / "metadata.csv").write_text(rows)
    report = ingest(changing, *sources)
    assert made(report) == [
        ("a.txt", "A of first"),
        ("a.txt", "A of second"),
        *[("box/1", "One")] * 2,
        *[("box/2", "[2]")] * 2,
    ]
    whole = {"First": 0, "Second": 0}
    for one in report["ingested"]:
        part_of = changing("show", one["reference"])["description"].get("isPartOf")
        whole |= {name: whole[name] + (part_of == [f"Box of {name.lower()}"]) for name in whole}
    assert whole == {"First": 2, "Second": 2}


def test_a_row_never_describes_a_file_of_another_source(changing: Changing, tmp_path: Path) -> None:
    first, second = put(tmp_path / "first", "b.txt"), put(tmp_path / "second", "a.txt")
    (first / "metadata.csv").write_text("filename,dc.title\na.txt,Lost\nb.txt,Kept\n")
    report = ingest(changing, first, second, code=4)
    assert made(report) == [("b.txt", "Kept")]
    assert [one["source"] for one in report["rejected"]] == ["a.txt"]


def test_a_description_without_a_name_speaks_of_the_source_that_it_lies_in(
    changing: Changing, tmp_path: Path
) -> None:
    sources = [put(tmp_path / name, f"{name}.txt") for name in ("first", "second")]
    for source in sources:
        (source / "metadata.json").write_text(f'{{"title": "All of {source.name}"}}')
    report = ingest(changing, *sources)
    assert made(report) == [("first/", "All of first"), ("second/", "All of second")]


def test_the_same_submission_again_is_held_where_two_sources_have_one_path_and_its_bytes(
    changing: Changing, tmp_path: Path
) -> None:
    sources = [tmp_path / "first", tmp_path / "second"]
    for source in sources:
        source.mkdir()
        (source / "form.txt").write_text("the same form")
        (source / "metadata.csv").write_text(f"filename,dc.title\nform.txt,The form of {source.name}\n")
    assert len(ingest(changing, *sources)["ingested"]) == 2
    report = ingest(changing, *sources)
    assert [(one["source"], one["differs"]) for one in report["held"]] == [("form.txt", [])] * 2
    assert len({one["id"] for one in report["held"]}) == 2
