"""The seeds are what seeds/README.md says they are: each property is read from the bytes."""

import csv
import hashlib
import json
import os
import unicodedata
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import langcodes
import pytest
import yaml
from lxml import etree

from archive import schemas
from archive.core.descriptions.description import Description
from archive.core.descriptions.description_rules import judge
from seeds import make_long_text

SEEDS = Path(__file__).parents[2] / "seeds"
TEXTS = SEEDS / "texts"
SUBMISSION_FILES = {"metadata.csv", "checksum.sha256"}
SIDECARS = (".dc.json", ".dc.xml", ".dc.yaml")
DECOMPOSED = "cafe\u0301-accounts.txt"
DC = "{http://purl.org/dc/elements/1.1/}"
DCMI_TYPES = {
    *("Collection", "Dataset", "Event", "Image", "InteractiveResource", "MovingImage"),
    *("PhysicalObject", "Service", "Software", "Sound", "StillImage", "Text"),
}


def is_edtf(text: str) -> bool:
    """The verdict of a validator that is not ours; it warns about its own parser library."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from edtf_validate.valid_edtf import is_valid

        return bool(is_valid(text))


def seed(name: str) -> bytes:
    return (TEXTS / name).read_bytes()


def texts() -> set[str]:
    """Names of the documents, without descriptions and the depositor's digests."""
    names = set(os.listdir(TEXTS)) - SUBMISSION_FILES
    return {name for name in names if not name.endswith(SIDECARS)}


def rows(path: Path) -> Iterator[list[tuple[str, str]]]:
    """Each row of a CSV as (column, cell) pairs; columns may repeat."""
    with path.open(encoding="utf-8", newline="") as lines:
        header, *body = csv.reader(lines, strict=True)
    return (list(zip(header, row, strict=True)) for row in body)


def values(value: object) -> list[str]:
    """The strings of one element of a JSON or YAML sidecar."""
    items = value if isinstance(value, list) else [value]
    return [str(item["value"] if isinstance(item, dict) else item) for item in items]


def xml_statements(path: Path) -> list[tuple[str, str]]:
    root = etree.parse(path, etree.XMLParser(no_network=True, resolve_entities=False)).getroot()
    assert root.tag == "{http://www.openarchives.org/OAI/2.0/oai_dc/}dc"
    return [(str(child.tag).removeprefix(DC), child.text or "") for child in root]


def mapping_statements(mapping: dict[str, object]) -> list[tuple[str, str]]:
    return [(key.removeprefix("dc."), text) for key, value in mapping.items() for text in values(value)]


def descriptions() -> list[tuple[str, list[tuple[str, str]]]]:
    """(document, its statements as (element, value)) from the CSV and from every sidecar."""
    found = []
    for row in rows(TEXTS / "metadata.csv"):
        cells = [(name.removeprefix("dc.").partition("[")[0], cell) for name, cell in row[1:] if cell]
        found.append((row[0][1], cells))
    for name in os.listdir(TEXTS):
        document = name.rpartition(".dc.")[0]
        if name.endswith(".dc.json"):
            found.append((document, mapping_statements(json.loads(seed(name)))))
        elif name.endswith(".dc.yaml"):
            found.append((document, mapping_statements(yaml.safe_load(seed(name)))))
        elif name.endswith(".dc.xml"):
            found.append((document, xml_statements(TEXTS / name)))
    return found


class TestEncodings:
    def test_clock_letter_is_utf8_with_curly_quotes_and_dashes(self) -> None:
        assert set("“”’–") <= set(seed("clock-letter.txt").decode())

    def test_harbour_minutes_are_latin_1_and_not_utf8(self) -> None:
        raw = seed("harbour-minutes.txt")
        with pytest.raises(UnicodeDecodeError):
            raw.decode()
        assert not any(0x80 <= byte <= 0x9F for byte in raw)  # no C1 controls: Latin-1, not Windows-1252
        assert "Löwen" in raw.decode("iso-8859-1")

    def test_ferry_notice_is_utf16_with_a_byte_order_mark(self) -> None:
        raw = seed("ferry-notice.txt")
        assert raw[:2] == b"\xff\xfe"
        assert raw.decode("utf-16").startswith("NOTICE TO PASSENGERS\n")

    def test_school_inventory_is_utf8_with_a_byte_order_mark_and_tabs(self) -> None:
        raw = seed("school-inventory.txt")
        assert raw.startswith(b"\xef\xbb\xbfInventory")
        assert b"\t" in raw

    def test_garden_diary_is_ascii(self) -> None:
        assert seed("garden-diary.txt").isascii()

    @pytest.mark.parametrize(
        ("name", "script", "share"),
        [("orchard.txt", "ARABIC LETTER", 0.95), ("渡口日記.txt", "CJK UNIFIED IDEOGRAPH", 0.95)],
    )
    def test_text_is_in_its_script(self, name: str, script: str, share: float) -> None:
        letters = [char for char in seed(name).decode() if char.isalpha()]
        assert sum(unicodedata.name(char).startswith(script) for char in letters) > share * len(letters) > 100

    def test_molino_is_spanish(self) -> None:
        assert set("¿¡áéíóñ") <= set(seed("molino.txt").decode())


class TestLineEnds:
    def test_lighthouse_log_ends_its_lines_with_cr_lf(self) -> None:
        raw = seed("lighthouse-log.txt")
        assert raw.count(b"\r\n") == raw.count(b"\r") == raw.count(b"\n") > 10
        assert raw.endswith(b"\r\n")

    def test_telegram_ends_its_lines_with_cr_alone(self) -> None:
        raw = seed("telegram.txt")
        assert b"\n" not in raw
        assert raw.count(b"\r") > 10
        assert raw.endswith(b"\r")

    def test_all_other_texts_have_bare_line_feeds(self) -> None:
        others = texts() - {"lighthouse-log.txt", "telegram.txt"}
        assert [name for name in others if b"\r" in seed(name)] == []

    def test_only_plum_cake_and_the_empty_text_lack_a_final_line_end(self) -> None:
        lacking = {name for name in texts() if not seed(name).rstrip(b"\0").endswith((b"\n", b"\r"))}
        assert lacking == {"plum-cake.txt", "blank-page.txt"}


class TestNamesAndSizes:
    def test_there_are_seventeen_texts_in_one_folder(self) -> None:
        assert len(texts()) == 17
        assert all((TEXTS / name).is_file() for name in os.listdir(TEXTS))

    def test_exactly_one_name_is_decomposed_and_its_bytes_are_kept(self) -> None:
        names = os.listdir(os.fsencode(TEXTS))
        assert b"cafe\xcc\x81-accounts.txt" in names
        decomposed = [raw for raw in names if not unicodedata.is_normalized("NFC", raw.decode())]
        assert decomposed == [b"cafe\xcc\x81-accounts.txt"]

    def test_a_name_holds_spaces(self) -> None:
        assert [name for name in texts() if " " in name] == ["choir book 1931.txt"]

    def test_one_text_is_empty(self) -> None:
        assert [name for name in texts() if not seed(name)] == ["blank-page.txt"]

    def test_the_two_bell_notices_are_the_only_twins(self) -> None:
        copies = Counter(seed(name) for name in texts())
        assert [raw for raw, count in copies.items() if count > 1] == [seed("bell-notice.txt")]
        assert seed("bell-notice-church-door.txt") == seed("bell-notice.txt")

    def test_the_long_text_is_what_its_script_writes(self) -> None:
        assert seed(make_long_text.FILE_NAME) == make_long_text.journal()
        assert len(make_long_text.journal()) > 200_000


class TestDescriptions:
    def test_every_text_is_described_once_and_nothing_else_is(self) -> None:
        assert Counter(name for name, _ in descriptions()) == Counter(texts())

    def test_the_row_of_the_decomposed_name_spells_it_byte_for_byte(self) -> None:
        assert f"\n{DECOMPOSED},".encode() in seed("metadata.csv")
        assert unicodedata.normalize("NFC", DECOMPOSED).encode() not in seed("metadata.csv")

    def test_columns_are_those_that_the_readme_names(self) -> None:
        columns = [name for name, _ in next(rows(TEXTS / "metadata.csv"))]
        assert columns[0] == "filename"
        assert columns.count("dc.subject") == 2
        assert [name for name in columns if not name.startswith("dc.")] == ["filename", "box"]
        assert "dc.title[es]" in columns

    @pytest.mark.parametrize(("name", "statements"), descriptions())
    def test_statements_are_well_formed(self, name: str, statements: list[tuple[str, str]]) -> None:
        by_element: dict[str, list[str]] = {}
        for element, text in statements:
            assert text == text.strip() != ""
            by_element.setdefault(element, []).append(text)
        assert by_element["title"], name
        assert set(by_element["type"]) <= DCMI_TYPES
        assert all(langcodes.tag_is_valid(tag) for tag in by_element["language"])
        assert all(langcodes.standardize_tag(tag) == tag for tag in by_element["language"])
        assert all(is_edtf(date) for date in by_element.get("date", []))

    @pytest.mark.parametrize(("name", "statements"), descriptions())
    def test_schema_and_rules_find_nothing_to_remark(
        self, name: str, statements: list[tuple[str, str]]
    ) -> None:
        document: dict[str, list[str]] = {}
        for element, text in statements:
            if element != "box":
                document.setdefault(element.removeprefix("dcterms."), []).append(text)
        assert schemas.explain("dublin-core", document) == []
        assert judge(Description.from_json(document), name) == []

    def test_dates_reach_every_level_of_edtf(self) -> None:
        dates = {
            text for _, statements in descriptions() for element, text in statements if element == "date"
        }
        examples = {"1924-05-06", "1923-05/1923-09", "1918~", "1913%", "1924-23", "1929-08-XX", "192X"}
        assert examples | {"../1919", "[1911,1912]"} <= dates

    def test_xml_sidecars_are_valid_oai_dc(self) -> None:
        folder = os.environ.get("ARCHIVE_XSD_DIR")
        if folder is None:
            pytest.skip("ARCHIVE_XSD_DIR is not set")
        schema = etree.XMLSchema(etree.parse(Path(folder) / "oai_dc.xsd"))
        sidecars = sorted(TEXTS.glob("*.dc.xml"))
        assert len(sidecars) == 2
        for sidecar in sidecars:
            tree = etree.parse(sidecar)
            # DCMI's simpledc20021212.xsd allows xml:lang; copies of it that lost the attribute go round.
            etree.strip_attributes(tree, "{http://www.w3.org/XML/1998/namespace}lang")
            schema.assertValid(tree)


class TestDepositorsDigests:
    def test_listed_digests_are_those_of_the_bytes(self) -> None:
        listed = [line.split(" ", 1) for line in seed("checksum.sha256").decode().splitlines()]
        assert {mark_and_name[0] for _, mark_and_name in listed} == {" ", "*"}
        for digest, mark_and_name in listed:
            assert hashlib.sha256(seed(mark_and_name[1:])).hexdigest() == digest
        assert DECOMPOSED in {mark_and_name[1:] for _, mark_and_name in listed}

    def test_founding_documents_have_the_described_digests_and_sizes(self) -> None:
        folder = os.environ.get("FOUNDING_DOCUMENTS_DIR")
        if folder is None:
            pytest.skip("FOUNDING_DOCUMENTS_DIR is not set")
        described = [dict(row) for row in rows(SEEDS / "founding-documents.csv")]
        assert len(described) == 2
        for row in described:
            raw = (Path(folder) / row["filename"]).read_bytes()
            assert (row["sha256"], row["size"]) == (hashlib.sha256(raw).hexdigest(), str(len(raw)))

    def test_founding_documents_are_described_with_valid_dates(self) -> None:
        dates = [dict(row)["dc.date"] for row in rows(SEEDS / "founding-documents.csv")]
        assert dates == ["2018-11~/2018-12~", "2018-11~"]
        assert all(is_edtf(date) for date in dates)
