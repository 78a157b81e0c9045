"""Commands with `--format json`: their arguments filled in, and their one document judged."""

import json
from pathlib import Path
from typing import Any

import pytest

from archive import schemas
from archive.core.bagit.declaration import render_declaration
from archive.core.bagit.manifest import render_manifest
from archive.services.catalog.index_reading import reading_index
from archive.storage.layout import bag_path
from tests.archives import MadeArchive
from tests.builders import digest
from tests.conftest import SEEDS
from tests.plain_bags import folder

Printed = pytest.CaptureFixture[str]
NOT_UTF8 = "letter\udcff.txt"


def document_of(printed: Printed) -> Any:
    """The one JSON document on stdout, judged by both engines."""
    document = json.loads(printed.readouterr().out)
    name = document["kind"]
    assert schemas.explain(name, document) == []
    assert schemas.is_valid(name, document)
    return document


def filled(made: MadeArchive, arguments: list[str]) -> list[str]:
    """The arguments with FIRST, LAST, ODD, GONE (documents), NEW, PAGE, TABLE (paths) and SEEDS filled in."""
    with reading_index(made.opened) as reading:
        rows = list(reading.index.list())
        gone = next(reading.index.list(state="withdrawn"), None)
    values = {
        "FIRST": rows[0].reference,
        "LAST": rows[-1].reference,
        "ODD": next((row.reference for row in rows if row.source == NOT_UTF8), ""),
        "RUN": rows[0].run,
        "GONE": gone.reference if gone else "",
        "TABLE": str(made.folder / f"new{len(list(made.folder.iterdir()))}.csv"),
        "NEW": str(made.folder / f"new{len(list(made.folder.iterdir()))}"),
        "PAGE": str(made.folder / f"page{len(list(made.folder.iterdir()))}.html"),
        "SEEDS": str(SEEDS / "texts"),
        "BAG": str(made.folder / "plain-bag"),
        "TAP": str(made.folder / "house.csv"),
        "SCHEMA": str(made.folder / f"house{len(list(made.folder.iterdir()))}.json"),
        "ROOT": str(made.root),
        "HELD": str(made.root / bag_path(rows[0].bag)),
    }
    if "BAG" in arguments:
        folder(Path(values["BAG"]), {"bag-info.txt": b"", "data/a": b""})
        (Path(values["BAG"]) / "bagit.txt").write_bytes(render_declaration())
        (Path(values["BAG"]) / "manifest-sha512.txt").write_bytes(render_manifest([("data/a", digest(b""))]))
    if "TAP" in arguments:
        Path(values["TAP"]).write_text("propertyID,mandatory\ndc:type,true\n")
    return [values.get(one, one) for one in arguments]
