"""What `archive ingest` says to people of findings."""

from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.cli.output import remedy_of, reported_lines
from archive.core.digests import Algorithm
from tests.archives import make_archive
from tests.bags import bag_files, hexadecimal, write_bag

BROKEN = b"<records>%s<record><filename>z.txt</filename><title>T & U</title></record></records>"
SOUND = b"<record><filename>%d.txt</filename><title>T</title><language>eng</language></record>\n"


def test_notes_that_are_not_shown_do_not_crowd_out_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    source = tmp_path / "brought"
    source.mkdir()
    for n in range(40):
        (source / f"{n}.txt").write_bytes(b"%d" % n)
    table = tmp_path / "records.xml"
    table.write_bytes(BROKEN % b"".join(SOUND % n for n in range(40)))
    assert run(["-C", str(made.root), "ingest", str(source), "--metadata", str(table), "--dry-run"]) == 4
    said = capsys.readouterr().out
    assert "✗ records.xml:41: not well-formed XML" in said
    assert " more; -v shows all" not in said


def test_only_what_is_known_is_said_of_a_finding() -> None:
    found = {"code": "TABLE-MONTH-DAY", "severity": "warning", "place": "t.csv:3", "message": "odd"}
    assert "    found Nov 18" in list(reported_lines({**found, "found": "Nov 18"}, set()))


BROKEN_BAG = {**bag_files({"data/a.txt": b"a"}, tag_manifest=False), "data/a.txt": b"b"}
BROKEN_BAG["manifest-sha512.txt"] += b"junk\n"


@pytest.mark.parametrize("command", ["ingest", "check"])
def test_of_a_finding_of_a_bag_its_line_its_rule_and_what_was_found_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    bag = write_bag(tmp_path / "bad", BROKEN_BAG)
    options = ["--describe-later"] if command == "ingest" else []
    assert run(["-C", str(made.root), command, str(bag), *options]) in {1, 4}
    said = capsys.readouterr().out
    assert "✗ bad/manifest-sha512.txt:2: the line is not a digest" in said
    assert "and a path (RFC 8493 §2.1.3)" in said
    assert "lists (RFC 8493 §3; bad/manifest-sha512.txt:1)" in said
    assert "    found junk\n" in said
    assert f", found {hexadecimal(Algorithm.SHA512, b'b')}\n" in said


def test_an_error_without_a_remedy_of_its_own_has_that_of_its_code() -> None:
    assert remedy_of({"code": "SAF-MISSING", "severity": "error"})
    assert remedy_of({"code": "SAF-MISSING", "severity": "error", "remedy": "bring it"}) == "bring it"
    assert remedy_of({"code": "DESC-READ-AS", "severity": "note"}) is None
