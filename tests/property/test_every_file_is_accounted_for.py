"""Whatever is brought and however it is described, with --on-error continue every file has one fate.

It is part of one document that is taken in, or it is named among what was refused, left out or found wrong;
and nothing is refused and taken in.
"""

import csv
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.services.check.preflight_alone import check
from archive.services.ingest.request import IngestRequest, OnError
from archive.services.surroundings import Surroundings
from archive.storage.plan import Plan
from tests.crash.scenes import in_memory

NAMES = (
    "a.txt", "b.txt", "Ä/a.txt", "Ä/b.txt", "Ä/ö/c", "f/a.txt", "f/a.tif", "f/g/x", "f/g/y", "f-x/z", "é",
    "e\u0301", ".DS_Store", "f/.DS_Store", "f/SHA256SUMS", "SHA256SUMS", "f/metadata.csv",
)  # fmt: skip
NAMED = (
    "a.txt", "b.txt", "Ä/", "Ä", "Ä/a.txt", "f/", "f", "f/g/", "f/g/x", "f/a.txt||f/a.tif", "a.txt||b.txt",
    ".", "é", "e\u0301", "nowhere", "f/a.txt", "s\u0307",
)  # fmt: skip
SIDECARS = ('{"title": "S"}', "{", '{"title": "S", "reference": "R1"}')


@pytest.fixture(scope="module")
def room() -> Iterator[Path]:
    """A folder in memory."""
    with in_memory() as folder:
        yield folder


def bring(folder: Path, random: Random) -> IngestRequest:
    """One or two SOURCEs of files, links and sidecars, and a table beside them or one in each."""
    roots = [folder / "s", folder / "t"][: random.choice((1, 1, 2))]
    for root in roots:
        for name in random.sample(NAMES, random.randint(1, 9)):
            _put(root / name, f"{root.name} {name}" if random.random() < 0.9 else "same", random)
        if random.random() < 0.2:
            (root / "f").mkdir(exist_ok=True)
            (root / "f" / "link").symlink_to("nowhere")
    beside = folder / "table.csv" if random.random() < 0.6 else None
    for table in [beside] if beside is not None else [root / "metadata.csv" for root in roots]:
        _write(table, random)
    return IngestRequest(
        sources=tuple(map(str, roots)),
        metadata=str(beside) if beside is not None else None,
        describe_later=random.random() < 0.4,
        on_error=OnError.CONTINUE,
    )


def _put(path: Path, text: str, random: Random) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.name == "SHA256SUMS":
        text = f"{'0' * 64}  {random.choice(('a.txt', 'nowhere'))}\n" if random.random() < 0.3 else ""
    if random.random() < 0.08:
        path.symlink_to("/etc/hostname")
    else:
        path.write_text(text)
    if random.random() < 0.2 and not path.name.startswith("."):
        path.with_name(f"{path.name}.dc.json").write_text(random.choice(SIDECARS))


def _write(table: Path, random: Random) -> None:
    with open(table, "w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        rows.writerow(("filename", "dc.title", "sha256", "reference"))
        for _ in range(random.randint(0, 6)):
            reference = random.choice(("", "", "", "R1"))
            rows.writerow(
                (random.choice(NAMED), random.choice(("T", "")), random.choice(("", "", "no")), reference)
            )


def files_of(root: Path) -> Iterator[str]:
    """Every file and link below a SOURCE that is no description."""
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), root)
            if path != "metadata.csv" and not path.endswith(".dc.json"):
                yield path


def is_named(path: str, refused: list[str], told: list[dict[str, Any]]) -> bool:
    """True where somebody reads of the file that it was not taken in."""
    whole = ("s/", "t/")
    return any(
        path in source.split("||") or (source.endswith("/") and (path.startswith(source) or source in whole))
        for source in refused
    ) or any(path == one["place"] or path in one["message"] for one in told)


@settings(max_examples=120)
@given(st.randoms(use_true_random=False))
def test_every_file_is_taken_in_once_or_named(room: Path, random: Random) -> None:
    folder = Path(tempfile.mkdtemp(dir=room))
    request = bring(folder, random)
    with Plan() as plan:
        check(request, plan, Surroundings(), None)
        documents = list(plan.documents())
        refused = [source for source, _ in plan.rejected()]
        left_out = [source for source, _ in plan.left_out()]
        told = [one for one in plan.all_findings() if one["severity"] == "error"]
    assert all(document.files for document in documents)
    references = [document.reference for document in documents if document.reference is not None]
    assert len(references) == len(set(references))
    if len(request.sources) == 1:  # two may have files of one path
        assert {document.source for document in documents} & set(refused) == set()
    taken = {(file.root, file.path) for document in documents for file in document.files}
    for number, root in enumerate(map(Path, request.sources)):
        for path in files_of(root):
            known = (number, path) in taken or path in left_out or is_named(path, refused, told)
            assert known, (path, refused, json.dumps(told))
    shutil.rmtree(folder)
