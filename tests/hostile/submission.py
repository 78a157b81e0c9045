"""Submissions that were made to hurt, and what must hold of every ingest of one."""

import json
import os
import re
from pathlib import Path
from typing import Any

from archive.schemas import explain
from tests.e2e.command import Command

# What may move a cursor, forge a line or turn text round on a terminal.
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def put(folder: Path, name: str | bytes, content: bytes = b"text\n") -> Path:
    """A file of any name; the name as Python's file functions give it."""
    path = folder / (os.fsdecode(name) if isinstance(name, bytes) else name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def describe(folder: Path, name: str, **terms: Any) -> Path:
    """A sidecar beside the document."""
    path = folder / f"{name}.dc.json"
    path.write_text(json.dumps({"title": f"About {name}", **terms}), encoding="utf-8")
    return path


def two_described(folder: Path) -> Path:
    """The folder with a.txt and b.txt, each with a sidecar."""
    for name in ("a.txt", "b.txt"):
        put(folder, name, f"this is {name}\n".encode())
        describe(folder, name)
    return folder


def ingest(archive: Command, *arguments: str | Path, code: int = 0) -> Any:
    """The JSON report of an ingest that ends with `code`; valid under its schema."""
    done = archive("ingest", *arguments, "--no-identify", "--format", "json", code=code)
    report = done.json
    if report["kind"] == "ingest-report":
        assert explain("ingest-report", report) == []
        counts = report["counts"]
        for name in ("ingested", "held", "rejected", "left_out"):
            assert counts[name] == len(report[name]), name
    return report


def codes(report: Any) -> set[str]:
    """The codes of all findings of a report."""
    found = [*report["findings"], *(one for each in report["rejected"] for one in each["findings"])]
    return {one["code"] for one in found}


def bags(archive: Command) -> list[Path]:
    """Every bag of the archive."""
    return sorted(archive.root.glob("bags/*/*"))


def payloads(archive: Command) -> dict[str, bytes]:
    """The stored payload files by their path below `data/`."""
    return {
        str(path.relative_to(bag / "data")): path.read_bytes()
        for bag in bags(archive)
        for path in (bag / "data").rglob("*")
        if path.is_file()
    }


def require_plain(*texts: str) -> None:
    """Nothing in what a person is shown can move a cursor or forge a line."""
    for text in texts:
        assert RAW.search(text) is None, ascii(text)


def require_sound(archive: Command, documents: int) -> None:
    """The archive audits as intact and bagit-python agrees, bag by bag."""
    import bagit

    report = archive("audit", "--format", "json").json
    assert (report["outcome"], report["scope"]["held"]) == ("intact", documents)
    assert [one for one in report["findings"] if one["severity"] != "note"] == []
    for bag in bags(archive):
        bagit.Bag(str(bag)).validate()
