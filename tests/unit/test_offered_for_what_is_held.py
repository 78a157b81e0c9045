"""What is held already and brought again: what is offered of it anew is compared, and nothing else."""

import json
from pathlib import Path
from typing import Any

import bagit
import pytest

from archive.storage.plan import Plan
from tests.archives import make_archive
from tests.changes import Changing

HEAD = "filename,title,creator,access,Donor note\n"


@pytest.fixture
def holding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Changing:
    """An archive that holds d.txt, described by its first table."""
    changing = Changing(make_archive(tmp_path, monkeypatch), capsys)
    (changing.made.folder / "s").mkdir()
    (changing.made.folder / "s/d.txt").write_text("1")
    assert brought(changing, "d.txt,Letter,Ana,open,")["counts"]["ingested"] == 1
    return changing


def brought(changing: Changing, *rows: str, command: str = "ingest", code: int | None = 0) -> Any:
    """The report on the submission with a table of those rows beside it."""
    table = changing.made.folder / "t.csv"
    table.write_text(HEAD + "".join(f"{row}\n" for row in rows))
    return changing(command, str(changing.made.folder / "s"), "--metadata", str(table), code=code)


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ("d.txt,,,restricted,", ["access"]),
        ("d.txt,,,,not before 2040", ["Donor note"]),
        ("d.txt,,Ben,restricted,not before 2040", ["creator", "access", "Donor note"]),
        ("d.txt,[Letter],,,", ["title"]),
        ('.,All of it,,"restricted, title hidden",', ["access"]),
    ],
)
def test_what_a_row_without_a_title_offers_is_said_not_to_be_applied(
    holding: Changing, row: str, named: list[str]
) -> None:
    rows = [row, "d.txt,,,,"] if row.startswith(".") else [row]
    for command in ("check", "ingest"):
        (held,) = brought(holding, *rows, command=command, code=1)["held"]
        assert set(named) <= set(held["differs"]), command
        assert "title" in named or "title" not in held["differs"]
    holding.require_whole()


@pytest.mark.parametrize(
    "row", ["d.txt,,,,", "d.txt,Letter,,,", "d.txt,,Ana,,", "d.txt,,,open,", "d.txt,,,not stated,"]
)
def test_what_a_row_leaves_empty_is_no_difference(holding: Changing, row: str) -> None:
    (held,) = brought(holding, row)["held"]
    assert held["differs"] == []


@pytest.mark.parametrize("silent", ["", "not stated"])
@pytest.mark.parametrize("stated", ["restricted", '"embargoed until 2999-01-01, title hidden"'])
def test_silence_about_access_neither_differs_from_what_is_stated_nor_opens_it(
    holding: Changing, stated: str, silent: str
) -> None:
    (holding.made.folder / "s/d.txt").write_text("another")
    assert brought(holding, f"d.txt,Letter,Ana,{stated},")["counts"]["ingested"] == 1
    for command in ("check", "ingest"):
        (held,) = brought(holding, f"d.txt,Letter,Ana,{silent},", command=command)["held"]
        assert held["differs"] == [], command
    closed = "embargoed" if "embargoed" in stated else "restricted"
    documents = holding("list", "--access", closed)["documents"]
    assert [each["source"] for each in documents] == ["d.txt"]


def test_a_sidecar_and_a_file_beside_a_bag_without_a_title_are_compared(
    holding: Changing, tmp_path: Path
) -> None:
    offered = json.dumps({"access": "restricted"})
    (holding.made.folder / "s/d.txt.dc.json").write_text(offered)
    (held,) = holding("ingest", str(holding.made.folder / "s"), code=1)["held"]
    assert held["differs"] == ["access"]
    folder = tmp_path / "transfer"
    folder.mkdir()
    (folder / "b.txt").write_text("2")
    bagit.make_bag(str(folder))
    holding("ingest", str(folder), "--describe-later")
    (tmp_path / "transfer.dc.json").write_text(offered)
    (held,) = holding("ingest", str(folder), code=1)["held"]
    assert held["differs"] == ["access"]


def test_what_differs_is_named_whole_whatever_a_heading_holds() -> None:
    with Plan() as plan:
        words: dict[str, Any] = {"title": "", "reference": None, "awaiting": False, "place": "a"}
        seq = plan.add_document([], source="a", description=b"{}", **words)
        plan.record_held(seq, "bag", ("of two\nlines", "\udcff", "subject"))
        (held,) = plan.outcomes("held")
    assert held.differs == ("of two\nlines", "\udcff", "subject")
