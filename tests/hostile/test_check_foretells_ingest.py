"""What a check says of a source is what an ingest of it says: nothing comes as a surprise."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from tests.archives import MadeArchive, make_archive
from tests.hostile.submission import describe, put

Printed = pytest.CaptureFixture[str]


def md5(text: bytes) -> str:
    return hashlib.md5(text).hexdigest()  # noqa: S324 - what depositors bring


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Printed) -> MadeArchive:
    """An archive that holds a document already, and one with a reference."""
    archive = make_archive(tmp_path / "home", monkeypatch)
    archive.ingest({"held.txt": b"held", "twin.txt": b"known bytes"}, name="before")
    table = b"filename,title,reference\nref.txt,Known,R-1\n"
    archive.ingest({"ref.txt": b"first", "metadata.csv": table}, name="with-reference")
    capsys.readouterr()
    return archive


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Everything that may be wrong with what a depositor brings, in one folder."""
    root = tmp_path / "mixed"
    rows = ["filename,title,date,md5,sha256,size,reference"]

    def row(name: str, *cells: str, content: bytes | None = b"") -> None:
        if content is not None:
            put(root, name, content or name.encode())
        rows.append(",".join((name, *cells)))

    row("good.txt", "Good", "1918", md5(b"good.txt"))
    row("wrong-md5.txt", "Wrong", "", "0" * 32)
    row("wrong-size.txt", "Size", "", "", "", "7")
    row("no-digest.txt", "No digest", "", "xyz")
    row("date.txt", "Date", "04/05/1918")
    row("twice.txt", "Once", content=b"twice")
    row("twice.txt", "Again", content=None)
    row("gone.txt", "Gone", content=None)
    row("same-reference-1.txt", "One", "", "", "", "", "X", content=b"1")
    row("same-reference-2.txt", "Two", "", "", "", "", "X", content=b"2")
    row("ref.txt", "Other bytes", "", "", "", "", "R-1", content=b"second")
    row("held.txt", "Held under another title", content=b"held")
    row("folder/", "A folder", content=None)
    row("folder/page.txt", "A page", content=b"page")
    put(root, "folder/rest.txt", b"rest")
    put(root, "undescribed.txt", b"nobody described this")
    put(root, "listed.txt", b"listed")
    describe(root, "listed.txt")
    put(root, "both.tif", b"tif")
    put(root, "both.jpg", b"jpg")
    describe(root, "both")
    describe(root, "nothing")
    put(root, "broken.txt", b"broken")
    put(root, "broken.txt.dc.json", b"{")
    sums = (
        f"{md5(b'other')}  listed.txt\n{md5(b'x')}  absent.txt\nno digest\n{md5(b'page')}  folder/page.txt\n"
    )
    put(root, "checksum.md5", sums.encode())
    put(root, b"caf\xe9.txt", b"latin")
    describe(root, os.fsdecode(b"caf\xe9.txt"))
    put(root, "Thumbs.db", b"litter")
    (root / "link.txt").symlink_to("good.txt")
    os.mkfifo(root / "pipe")
    (root / "metadata.csv").write_text("\n".join(rows) + "\n")
    return root


def said(report: Mapping[str, Any]) -> list[str]:
    """All findings of a report, in an order that does not depend on who made it."""
    found = [*report["findings"], *(one for each in report.get("rejected", ()) for one in each["findings"])]
    return sorted(json.dumps(one, sort_keys=True) for one in found)


def report_of(printed: Printed, made: MadeArchive, *words: str) -> Any:
    run(["-C", str(made.root), "--format", "json", *words])
    return json.loads(printed.readouterr().out)


def test_a_check_and_an_ingest_say_the_same_of_a_hostile_source(
    made: MadeArchive, source: Path, capsys: Printed
) -> None:
    checked = report_of(capsys, made, "check", str(source))
    ingested = report_of(capsys, made, "ingest", str(source), "--on-error", "continue", "--no-identify")
    assert said(checked) == said(ingested)
    codes = {json.loads(one)["code"] for one in said(checked)}
    assert {"SUM-MISMATCH", "SUM-SIZE", "SUM-NO-FILE", "PAIR-TWICE", "PAIR-FOLDER", "REF-CONFLICT"} <= codes
    assert checked["counts"]["documents"] == ingested["counts"]["ingested"]
    assert checked["counts"]["held_differs"] == ingested["counts"]["held_differs"]


def test_without_checksums_files_are_not_read_and_that_is_said(
    made: MadeArchive, source: Path, capsys: Printed
) -> None:
    everything = said(report_of(capsys, made, "check", str(source)))
    without = said(report_of(capsys, made, "check", str(source), "--no-checksums"))
    lost = {json.loads(one)["code"] for one in set(everything) - set(without)}
    more = {json.loads(one)["code"] for one in set(without) - set(everything)}
    assert (lost, more) == ({"SUM-MISMATCH"}, {"SUM-NOT-COMPARED"})
