"""With --on-error continue: what is refused is refused whole, and nothing is both refused and taken in."""

import os
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.changes import Changing

BAD = "no digest"


def tried(
    changing: Changing, tmp_path: Path, rows: str, *names: str, code: int = 4, later: tuple[str, ...] = ()
) -> Any:
    """The report of an ingest of files of those names, a table, and the errors gone on from."""
    for name in names:
        path = tmp_path / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"this is {name}")
    table = tmp_path / "table.csv"
    table.write_text(f"filename,dc.title,sha256\n{rows}", encoding="utf-8")
    words = ("--metadata", str(table), "--on-error", "continue", "--no-identify")
    return changing("ingest", str(tmp_path / "source"), *words, *later, code=code)


def taken(report: Any) -> list[str]:
    """What was ingested, by source."""
    return sorted(one["source"] for one in report["ingested"])


def refused(report: Any) -> dict[str, set[str]]:
    """What was refused, by source, with the codes of what is said of it."""
    return {one["source"]: {found["code"] for found in one["findings"]} for one in report["rejected"]}


@pytest.mark.parametrize("folder", ["box", "box/Ärger", "box/deep/deeper"])
@pytest.mark.parametrize("whole", ["box/", "."])
def test_a_folder_is_refused_whole_where_a_name_in_it_cannot_be_taken(
    changing: Changing, tmp_path: Path, folder: str, whole: str
) -> None:
    place = tmp_path / "source" / folder
    place.mkdir(parents=True)
    (place / "link").symlink_to("/etc/hostname")
    report = tried(changing, tmp_path, f"{whole},Everything,\n", "box/page.txt", "box/z/page.txt")
    name = "source/" if whole == "." else whole
    assert (taken(report), refused(report)) == ([], {name: {"SRC-LINK"}})


def test_a_document_beside_what_cannot_be_taken_is_taken(changing: Changing, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    os.mkfifo(tmp_path / "source" / "pipe")
    report = tried(changing, tmp_path, "box/,A box,\na.txt,A,\n", "a.txt", "box/page.txt", "box-lid/x")
    assert taken(report) == ["a.txt", "box/"]
    assert "SRC-SPECIAL" in {one["code"] for one in report["findings"]}


@pytest.mark.parametrize(
    ("rows", "gone"),
    [
        (f"p.txt,Good,\np.txt,Bad,{BAD}\n", {"p.txt"}),
        (f"p.txt,Bad,{BAD}\np.txt,Good,\n", {"p.txt"}),
        (f"box/,Good,\nbox/,Bad,{BAD}\n", {"box/"}),
        (f"box/,Bad,{BAD}\nbox/,Good,\n", {"box/"}),
        (f"p.txt||q.txt,Good,\np.txt,Bad,{BAD}\n", {"p.txt", "p.txt||q.txt"}),
        (f"p.txt,Bad,{BAD}\np.txt||q.txt,Good,\n", {"p.txt", "p.txt||q.txt"}),
    ],
)
def test_what_a_second_row_speaks_of_too_is_refused_where_either_is_wrong(
    changing: Changing, tmp_path: Path, rows: str, gone: set[str]
) -> None:
    report = tried(changing, tmp_path, f"x.txt,Other,\n{rows}", "x.txt", "p.txt", "q.txt", "box/page.txt")
    assert taken(report) == ["x.txt"]
    assert gone <= set(refused(report))


def test_a_sidecar_does_not_take_in_what_its_row_refused(changing: Changing, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "p.txt.dc.json").write_text('{"title": "Beside it"}')
    report = tried(changing, tmp_path, f"p.txt,Bad,{BAD}\n", "p.txt")
    assert (taken(report), list(refused(report))) == ([], ["p.txt"])
    assert [one["source"] for one in report["left_out"]] == ["p.txt.dc.json"]


def test_a_sidecar_that_cannot_be_read_refuses_what_a_row_describes_too(
    changing: Changing, tmp_path: Path
) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "p.txt.dc.json").write_text("{")
    report = tried(changing, tmp_path, "p.txt||q.txt,Both,\nx.txt,Other,\n", "p.txt", "q.txt", "x.txt")
    assert (taken(report), list(refused(report))) == (["x.txt"], ["p.txt||q.txt"])


def test_a_row_for_a_folder_speaks_of_what_is_in_it_whatever_its_name_is_written_in(
    changing: Changing, tmp_path: Path
) -> None:
    rows = "Ärger und Größe/,The folder,\nÄrger und Größe/a.txt,A letter,\n"
    report = tried(changing, tmp_path, rows, "Ärger und Größe/a.txt", code=0)
    shown = changing("show", report["ingested"][0]["reference"])
    assert shown["description"]["isPartOf"] == ["The folder"]


@pytest.mark.parametrize("given", ["folder", "file"])
def test_a_description_of_nothing_is_an_error(changing: Changing, tmp_path: Path, given: str) -> None:
    source = tmp_path / "letters"
    source.mkdir()
    (source / ".DS_Store" if given == "file" else source / "metadata.txt").write_text("x")
    one = tmp_path / "one.json"
    one.write_text('{"title": "Letters"}')
    named = source / ".DS_Store" if given == "file" else source
    words = ("--metadata", str(one), "--exclude", "*.txt", "--exclude", ".DS_Store")
    report = changing("ingest", str(named), *words, code=4)
    errors = [found["code"] for found in report["findings"] if found["severity"] == "error"]
    assert errors == ["PAIR-NO-DOCUMENT"]


def test_every_name_in_a_folder_is_part_of_it_also_the_last_of_all(
    changing: Changing, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    names = [b"a", b"\xff" * 9, b"\xff" * 200]
    for name in names:
        (source / os.fsdecode(name)).write_bytes(name)
    report = tried(changing, tmp_path, ".,Everything,\n", code=0)
    assert report["counts"] | {"ingested": 1, "rejected": 0} == report["counts"]
    assert len(changing("show", report["ingested"][0]["reference"])["files"]) == len(names)


WRONG = "0" * 64


@pytest.mark.parametrize("inside", ["box/checksum.sha256", "box/deep/SHA256SUMS"])
def test_digests_that_lie_in_a_folder_that_is_one_document_are_compared_with_it(
    changing: Changing, tmp_path: Path, inside: str
) -> None:
    sums = tmp_path / "source" / inside
    sums.parent.mkdir(parents=True)
    sums.write_text(f"{WRONG}  page.txt\n")
    names = ("box/page.txt", "box/deep/page.txt")
    report = tried(changing, tmp_path, "box/,A box,\n", *names)
    assert (taken(report), refused(report)) == ([], {"box/": {"SUM-MISMATCH"}})


def test_a_list_in_a_document_may_speak_of_what_is_not_there(changing: Changing, tmp_path: Path) -> None:
    sums = tmp_path / "source" / "box/SHA256SUMS"
    sums.parent.mkdir(parents=True)
    sums.write_text(f"{WRONG}  elsewhere.txt\nno digest at all\n")
    report = tried(changing, tmp_path, "box/,A box,\n", "box/page.txt", code=0)
    told = {one["code"] for one in report["findings"] if one["severity"] == "warning"}
    assert told == {"SUM-NO-FILE", "SUM-MALFORMED"}
    assert len(changing("show", report["ingested"][0]["reference"])["files"]) == 2


@pytest.mark.parametrize("row", ["box/,A box,", "box/page.txt,A page,"])
def test_an_empty_folder_is_not_left_out_without_a_word(changing: Changing, tmp_path: Path, row: str) -> None:
    (tmp_path / "source/box/Letters of 1944").mkdir(parents=True)
    report = tried(changing, tmp_path, f"{row}\n", "box/page.txt", code=0)
    assert [one["source"] for one in report["left_out"]] == ["box/Letters of 1944"]


@pytest.mark.parametrize("rows", [f"box/,Good,\nbox/,Bad,{BAD}\n", f"box/,Bad,{BAD}\nbox/,Good,\n"])
def test_a_bag_that_a_wrong_row_speaks_of_too_is_refused(
    changing: Changing, tmp_path: Path, rows: str
) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "1.txt").write_text("page")
    bag = tmp_path / "box"
    changing("bag", str(tmp_path / "pages"), "--to", str(bag))
    table = tmp_path / "table.csv"
    table.write_text(f"filename,dc.title,sha256\n{rows}")
    words = ("--metadata", str(table), "--on-error", "continue", "--no-identify")
    report = changing("ingest", str(bag), *words, code=4)
    assert (taken(report), list(refused(report))) == ([], ["box/"])


@pytest.mark.parametrize("name", ["link", "a[1].txt", "sp ace", "it's", "-dash", "st*r", "back\\slash"])
def test_what_cannot_be_taken_is_left_out_by_the_words_of_its_remedy(
    changing: Changing, tmp_path: Path, name: str
) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / name).symlink_to("/etc/hostname")
    report = tried(changing, tmp_path, "p.txt,P,\n", "p.txt")
    (remedy,) = [one["remedy"] for one in report["findings"] if one["code"] == "SRC-LINK"]
    (advised,) = shlex.split(remedy.partition("--exclude ")[2])
    again = tried(changing, tmp_path, "p.txt,P,\n", "p.txt", later=("--exclude", advised), code=0)
    assert [one["source"] for one in again["left_out"]] == [name]


@pytest.mark.parametrize("later", [(), ("--describe-later",)])
@pytest.mark.parametrize(
    ("rows", "gone"),
    [
        ("p.txt||gone.txt,Both,\n", {"p.txt"}),
        ("gone.txt||p.txt||q.txt,All three,\n", {"p.txt||q.txt"}),
        ("p.txt,Alone,\np.txt||gone.txt,Both,\n", {"p.txt"}),
        ("p.txt||gone.txt,Both,\np.txt,Alone,\n", {"p.txt"}),
        ("p.txt,Alone,\np.txt||q.txt,Both,\n", {"p.txt", "p.txt||q.txt"}),
        ("p.txt||q.txt,Both,\np.txt,Alone,\n", {"p.txt", "p.txt||q.txt"}),
        ("p.txt,P,\nq.txt,Q,\np.txt||q.txt,Both,\n", {"p.txt", "q.txt", "p.txt||q.txt"}),
    ],
)
def test_parts_of_a_document_that_is_not_taken_in_are_no_documents_of_their_own(
    changing: Changing, tmp_path: Path, rows: str, gone: set[str], later: tuple[str, ...]
) -> None:
    names = ["x.txt", *(name for name in ("p.txt", "q.txt") if name in rows)]
    report = tried(changing, tmp_path, f"x.txt,Other,\n{rows}", *names, later=later)
    assert (taken(report), set(refused(report))) == (["x.txt"], gone)
    assert "PAIR-UNDESCRIBED" not in set().union(*refused(report).values())


@pytest.mark.parametrize("words", [("--dry-run", "--read"), ()])
def test_what_is_held_is_refused_where_it_comes_with_a_digest_that_it_has_not(
    changing: Changing, tmp_path: Path, words: tuple[str, ...]
) -> None:
    tried(changing, tmp_path, "p.txt,P,\n", "p.txt", code=0)
    report = tried(changing, tmp_path, f"p.txt,P,{'0' * 64}\n", "p.txt", later=words)
    assert (report["held"], refused(report)) == ([], {"p.txt": {"SUM-MISMATCH"}})


@pytest.mark.parametrize("rows", [("box/p.txt,P,", f"box/,Box,{BAD}"), (f"box/,Box,{BAD}", "box/p.txt,P,")])
def test_what_is_in_a_folder_is_not_taken_in_without_what_its_refused_row_says(
    changing: Changing, tmp_path: Path, rows: tuple[str, ...]
) -> None:
    table = "\n".join(("x.txt,Other,", *rows, ""))
    report = tried(changing, tmp_path, table, "x.txt", "box/p.txt", "box/q.txt")
    assert (taken(report), set(refused(report))) == (["x.txt"], {"box/", "box/p.txt"})


def test_the_table_that_is_named_among_the_sources_too_is_no_document(
    changing: Changing, tmp_path: Path
) -> None:
    table, letter = tmp_path / "table.csv", tmp_path / "letter.txt"
    table.write_text("filename,dc.title\nletter.txt,A letter\n")
    letter.write_text("Dear Ana")
    report = changing("ingest", str(letter), str(table), "--metadata", str(table), "--describe-later")
    assert taken(report) == ["letter.txt"]
