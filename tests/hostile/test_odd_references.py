"""References of every form that a person may type: each comes back as it was, or is refused by its place."""

import json
from pathlib import Path

import pytest

from tests.changes import Changing

ODD = (
    "X" * 1_000,
    "e\u0301",
    "É",
    "a  b",
    "--help",
    "../../x",
    "=cmd",
    "2026-0000003",
    "declared:0123",
    "urn:uuid:01a1ff81-8040-7339-900e-85190669da53",
    "01a1ff81-8040-7339-900e-85190669da53",
    'a"b<&>',
    "a||b",
    "a%0Ab",
)
# The first two, read back from XML, would be the same; the last four are there, and nobody sees them.
REFUSED = (
    *("Box \x01", "Box \x02", "a\nb", "a\tb", "\x1b[31m", "\x7f", "a\x85b", "\ufffe", "\uffff"),
    *("a\u2028b", "\u202eabc", "a\u200b", "\ufeffx"),
)


def ingest(changing: Changing, folder: Path, references: tuple[str, ...], code: int = 0) -> dict[str, object]:
    """Ingests a file with a sidecar for each reference."""
    folder.mkdir()
    for number, reference in enumerate(references):
        (folder / f"{number}.txt").write_text(f"{folder.name} {number}")
        sidecar = {"title": f"About {number}", "reference": reference}
        (folder / f"{number}.txt.dc.json").write_text(json.dumps(sidecar))
    report: dict[str, object] = changing("ingest", str(folder), "--no-identify", code=code)
    return report


def test_a_reference_is_in_a_catalog_made_anew_as_it_was_given(changing: Changing, tmp_path: Path) -> None:
    ingest(changing, tmp_path / "odd", ODD)
    before = {one["id"]: one["reference"] for one in changing("list")["documents"]}
    assert set(ODD) < set(before.values())
    changing("catalog", "rebuild")
    assert {one["id"]: one["reference"] for one in changing("list")["documents"]} == before
    changing.require_whole()


def test_a_reference_that_is_not_seen_or_kept_is_refused_with_its_character(
    changing: Changing, tmp_path: Path
) -> None:
    report = ingest(changing, tmp_path / "refused", REFUSED, code=4)
    rejected = report["rejected"]
    assert isinstance(rejected, list)
    codes = {one["source"]: [each["code"] for each in one["findings"]] for one in rejected}
    assert codes == {f"{number}.txt": ["REF-CHARACTERS"] for number in range(len(REFUSED))}
    assert "U+0001" in rejected[0]["findings"][0]["message"]


@pytest.mark.parametrize("reference", ["a\x00b", "\x1b[31m", "\ufffe"])
def test_a_reference_of_a_table_is_refused_so_too(changing: Changing, tmp_path: Path, reference: str) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "x.txt").write_bytes(b"x")
    table = f"filename,reference,dc.title\nx.txt,{reference},About\n"
    (tmp_path / "one" / "metadata.csv").write_text(table)
    report = changing("ingest", str(tmp_path / "one"), "--no-identify", code=4)
    (rejected,) = report["rejected"]
    assert [one["code"] for one in rejected["findings"]] == ["REF-CHARACTERS"]
    assert rejected["findings"][0]["at"]["line"] == 2


@pytest.mark.parametrize(
    ("first", "second"), [("Caf\u00e9 1", "Cafe\u0301 1"), ("Cafe\u0301 1", "Caf\u00e9 1")]
)
def test_references_that_look_the_same_are_one_reference(
    changing: Changing, tmp_path: Path, first: str, second: str
) -> None:
    ingest(changing, tmp_path / "held", (first,))
    assert changing("show", second)["reference"] == first
    report = ingest(changing, tmp_path / "other", (second,), code=6)
    assert _codes(report) == {"0.txt": ["REF-CONFLICT"]}
    (tmp_path / "other/0.txt").write_bytes((tmp_path / "held/0.txt").read_bytes())
    again = changing("ingest", str(tmp_path / "other"), "--no-identify")
    assert [one["source"] for one in again["held"]] == ["0.txt"]
    report = ingest(changing, tmp_path / "both", (f"{first}/2", f"{second}/2"), code=4)
    assert _codes(report) == {"1.txt": ["PAIR-REFERENCE"]}
    changing("withdraw", first, "--reason", "x")
    changing("dispose", first, "--authority", "x", "--yes")
    report = ingest(changing, tmp_path / "third", (second,), code=6)
    assert _codes(report) == {"0.txt": ["REF-WITHDRAWN"]}


def _codes(report: dict[str, object]) -> dict[str, list[str]]:
    rejected = report["rejected"]
    assert isinstance(rejected, list)
    return {one["source"]: [each["code"] for each in one["findings"]] for one in rejected}
