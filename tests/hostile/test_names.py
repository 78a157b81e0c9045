"""Names that were made to hurt: accepted, bytes identical, the exact name recoverable, escaped for people."""

import base64
import json
import os
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from archive.core.portable_names import original_name
from archive.formats.premis.reader import read_premis
from tests.e2e.command import Command
from tests.hostile.submission import bags, describe, ingest, payloads, put, require_plain, require_sound
from tests.hostile.watched import WatchedCommand

NAMES = [
    "line\nfeed.txt", "carriage\rreturn.txt", "both\r\nends.txt", "per%cent.txt", "literal%0Afeed.txt",
    "-leading-dash.txt", "--help", "\x1b[2Jescape.txt", "\u202egpj.exe", " leading space.txt",
    "trailing space.txt ", "trailing dot.", "...", "con.txt", "LPT1", "colon:name.txt", "x" * 251 + ".txt",
    "line\u2028separator.txt", "next\x85line.txt", "vertical\x0btab.txt", "no\u00a0break.txt", "emoji😀.txt",
    "$(id);`id`|&<>'\".txt", "bagit.txt", "tagmanifest-sha512.txt", "bag-info.txt",
    "<script>alert(1)<script>.html", "=1+1.txt", "@SUM(A1).txt", "tab\tname.txt", "delete\x7f.txt",
    "back\\slash.txt", "C:\\windows.txt", "%2e%2e%2fup.txt", "~user", "byte\ufeffmark.txt", "a*b?.txt",
]  # fmt: skip
NOT_UTF8 = [b"latin-\xe9.txt", b"\xff\xfe.txt", b"cut-\xe2\x82.txt"]


def exact_names(bag: Path) -> dict[str, str]:
    """Stored path to original name, as `metadata/names.json` has it."""
    path = bag / "metadata" / "names.json"
    if not path.exists():
        return {}
    names: dict[str, Any] = json.loads(path.read_bytes())["names"]
    return {
        stored: name if isinstance(name, str) else os.fsdecode(base64.b64decode(name["base64"]))
        for stored, name in names.items()
    }


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> tuple[Command, Path]:
    """An archive that took a document of every awkward name."""
    folder = tmp_path_factory.mktemp("names")
    source = folder / "source"
    for number, name in enumerate([*NAMES, *map(os.fsdecode, NOT_UTF8)]):
        put(source, name, f"content {number}\n".encode())
    archive = WatchedCommand(folder / "archive", folder / "keys").init()
    report = ingest(archive, source, "--describe-later")
    assert report["counts"]["ingested"] == len(NAMES) + len(NOT_UTF8)
    return archive, source


def test_every_awkward_name_is_stored_with_its_bytes(many: tuple[Command, Path]) -> None:
    archive, source = many
    kept = sorted(payloads(archive).values())
    assert kept == sorted(path.read_bytes() for path in source.iterdir())


def test_the_exact_name_is_recovered_from_the_bag(many: tuple[Command, Path]) -> None:
    archive, source = many
    recovered = {}
    for bag in bags(archive):
        (stored,) = [path for path in (bag / "data").rglob("*") if path.is_file()]
        place = f"data/{stored.name}"
        recovered[exact_names(bag).get(place, stored.name)] = stored.read_bytes()
    assert recovered == {path.name: path.read_bytes() for path in source.iterdir()}


def test_premis_carries_the_exact_name(many: tuple[Command, Path]) -> None:
    archive, source = many
    found: set[str] = set()
    for bag in bags(archive):
        record = read_premis((bag / "metadata" / "premis.xml").read_bytes())
        found.update(file.original for file in record.files)
    assert found == {path.name for path in source.iterdir()}
    assert original_name("per%25cent") == "per%cent"


def test_no_output_for_people_carries_a_raw_control(many: tuple[Command, Path]) -> None:
    archive, source = many
    for command in (
        ["ingest", source, "--describe-later", "--no-identify", "-v"],
        ["ingest", source, "--no-identify", "--dry-run", "-v"],
        ["list"],
        ["audit", "-v"],
    ):
        done = archive(*command, code=None)
        assert done.code in {0, 4}
        require_plain(done.out, done.err)


def test_bags_of_awkward_names_are_valid(many: tuple[Command, Path]) -> None:
    archive, _ = many
    require_sound(archive, len(NAMES) + len(NOT_UTF8))


def test_awkward_names_of_one_document_keep_apart(archive: Command, tmp_path: Path) -> None:
    source = tmp_path / "box"
    composed, decomposed = "caf\u00e9.txt", unicodedata.normalize("NFD", "caf\u00e9.txt")
    names = [composed, decomposed, "Letter.txt", "letter.TXT", "a:b.txt", "a?b.txt", "con", "CON", *NAMES[:6]]
    names += ["manifest-sha512.txt", "bagit.txt", ".hidden"]
    for number, name in enumerate(names):
        put(source, name, f"page {number}\n".encode())
    description = tmp_path / "one.json"
    description.write_text('{"title": "A box"}')
    ingest(archive, source, "--metadata", description)
    (bag,) = bags(archive)
    names_kept = exact_names(bag)
    recovered = {
        names_kept.get(f"data/{path.name}", path.name): path.read_bytes() for path in (bag / "data").iterdir()
    }
    assert recovered == {path.name: path.read_bytes() for path in source.iterdir()}
    require_sound(archive, 1)


def test_two_names_equal_under_nfc_are_two_documents(archive: Command, tmp_path: Path) -> None:
    source = tmp_path / "source"
    for form in ("NFC", "NFD"):
        name = unicodedata.normalize(form, "café.txt")
        put(source, name, form.encode())
        describe(source, name)
    assert ingest(archive, source)["counts"]["ingested"] == 2
    assert ingest(archive, source)["counts"]["held"] == 2
    require_sound(archive, 2)
