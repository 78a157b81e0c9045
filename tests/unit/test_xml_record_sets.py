"""Many descriptions in one XML file: each by itself, a broken one named with its place, no other lost."""

import io
import random

import pytest

from archive.core.findings import Finding, Severity
from archive.formats.descriptions import DescribedRow, read_descriptions, xml_text

DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
    "<responseDate>2026-11-21T09:00:00Z</responseDate>\n<ListRecords>\n{}\n</ListRecords></OAI-PMH>"
)
# What a record may hold that looks like the end of one, or like the beginning of another.
LOOK_ALIKES = (
    "<![CDATA[</record><record>]]>",
    "<!-- </record>\n<record> -->",
    "<?note </record> <record> ?>",
    "</record>".replace("<", "&lt;"),
    "<recorder/>",
)
BROKEN = (
    "a & b",
    "<dc:title>",
    "</dc:title>",
    "<![CDATA[ never closed",
    "<!-- never closed",
    "<!-- two -- hyphens -->",
    "<dc:type a=b/>",
    "<x:unbound/>",
    "&nbsp;",
    "\x00",
    "<",
    '<dc:type a="1" a="2"/>',
    "]]>",
)


def harvested(number: int, more: str = "") -> str:
    """A record of an OAI-PMH server with something more among its elements."""
    return (
        f"<record><header><identifier>oai:x:{number}</identifier><datestamp>2026-01-01</datestamp></header>"
        f'<metadata><oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" {DC}>'
        f"<dc:title>Letter {number}</dc:title><dc:description>{more}</dc:description>"
        "</oai_dc:dc></metadata></record>"
    )


def read(text: str | bytes) -> tuple[list[DescribedRow], list[Finding]]:
    """The rows, and the findings beside the note that says how the file was read."""
    data = text.encode() if isinstance(text, str) else text
    rows: list[DescribedRow] = []
    found: list[Finding] = []
    for item in read_descriptions("set.xml", io.BytesIO(data)):
        if isinstance(item, DescribedRow):
            rows.append(item)
        elif item.code != "DESC-READ-AS":
            found.append(item)
    return rows, found


def titles(rows: list[DescribedRow]) -> list[str]:
    """The title of each row."""
    return [row.description.title for row in rows]


def test_broken_records_are_named_each_with_its_line_and_every_other_is_read() -> None:
    chance = random.Random(6)
    broken = set(chance.sample(range(1000), 90))
    records = [
        harvested(n, chance.choice(BROKEN) if n in broken else chance.choice(LOOK_ALIKES))
        for n in range(1000)
    ]
    text = ENVELOPE.format("\n".join(records))
    rows, found = read(text)
    assert titles(rows) == [f"Letter {n}" for n in range(1000) if n not in broken]
    named = [finding.message.rpartition(" ")[2] for finding in found]
    assert named == [f"oai:x:{n}" for n in sorted(broken)]
    assert {finding.code for finding in found} == {"DESC-XML-SYNTAX"}
    lines = text.split("\n")
    assert all(name in lines[(one.at.line or 0) - 1] for name, one in zip(named, found, strict=True))


@pytest.mark.parametrize(
    "damaged",
    [
        '<record id="2"><dc:title>B</dc:title>',
        '<record id="2><dc:title>B</dc:title></record>',
        "<record <dc:title>B</dc:title></record>",
        "<record><dc:title>B</dc:title></record",
        "<record><dc:title>B</record>",
        "<record><dc:title>B</dc:title></record></record>",
        "<recrd><dc:title>B</dc:title></record>",
    ],
)
def test_record_without_its_own_tags_costs_no_other(damaged: str) -> None:
    around = [f"<record><dc:title>{n}</dc:title></record>" for n in range(6)]
    rows, found = read(f"<all {DC}>\n" + "\n".join([*around[:3], damaged, *around[3:]]) + "\n</all>")
    assert [title for title in titles(rows) if title != "B"] == list("012345")
    assert [finding.code for finding in found] == ["DESC-XML-SYNTAX"]
    assert found[0].at.line == 5


def test_place_of_an_error_is_that_in_the_file() -> None:
    (_, (finding,)) = read(
        f"<all {DC}>\n<r><dc:title>A</dc:title></r>\n"
        "<r><dc:title>B</dc:title>\n   <dc:creator>C & D</dc:creator></r>\n"
        "<r><dc:title>E</dc:title></r></all>"
    )
    assert (finding.at.line, finding.at.column) == (4, 18)


def test_header_of_a_harvested_record_is_kept_and_names_it() -> None:
    ((row, _), _) = read(ENVELOPE.format(harvested(1) + harvested(2)))
    assert row.names == ("oai:x:1",)
    assert row.description.other == {"oai.identifier": ("oai:x:1",), "oai.datestamp": ("2026-01-01",)}
    assert row.at.line == 4


def test_deleted_record_and_resumption_token_are_noted() -> None:
    deleted = '<record><header status="deleted"><identifier>oai:x:9</identifier></header></record>'
    rows, found = read(ENVELOPE.format(f"{harvested(1)}{deleted}<resumptionToken>t1</resumptionToken>"))
    assert titles(rows) == ["Letter 1"]
    assert [(one.code, one.severity, one.found) for one in found] == [
        ("DESC-OAI-DELETED", Severity.NOTE, "oai:x:9"),
        ("DESC-OAI-RESUMPTION", Severity.NOTE, "t1"),
    ]


def test_record_inside_a_record_of_the_same_name_is_part_of_it() -> None:
    marc = '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>x</leader></record>'
    rows, found = read(ENVELOPE.format("".join(harvested(n, marc) for n in range(3))))
    assert titles(rows) == ["Letter 0", "Letter 1", "Letter 2"]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        (
            f"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' {DC}>"
            "<rdf:Description rdf:about='a.txt'><dc:title>A</dc:title></rdf:Description>"
            "<rdf:Description rdf:about='b.txt'><dc:title>B</dc:title></rdf:Description></rdf:RDF>"
        ),
        (
            "<records><record><filename>a.txt</filename><title>A</title></record>"
            "<record><filename>b.txt</filename><title>B</title></record></records>"
        ),
        (
            f"<metadata {DC}><dc:title>A</dc:title></metadata>\n<?xml version='1.0'?>\n"
            f"<metadata {DC}><dc:title>B</dc:title></metadata>"
        ),
        f"<all {DC}><group><r><dc:title>A</dc:title></r><r><dc:title>B</dc:title></r></group></all>",
        (
            "<all><dublin_core><dcvalue element='title'>A</dcvalue></dublin_core>"
            "<dublin_core><dcvalue element='title'>B</dcvalue></dublin_core></all>"
        ),
        (
            f"<all {DC}><dc:title>The whole</dc:title><i><dc:title>A</dc:title></i>"
            "<i><dc:title>B</dc:title></i></all>"
        ),
    ],
)
def test_collections_of_any_shape_are_read(text: str) -> None:
    rows, found = read(text)
    assert titles(rows) == ["A", "B"]
    assert [finding for finding in found if finding.severity is Severity.ERROR] == []


@pytest.mark.parametrize("end", ["<letter><dc:title>C</dc:title></letter>", "\n"])
def test_a_record_in_another_element_is_named_and_never_passed_over(end: str) -> None:
    photo = (
        "\n<photo><filename>b.jpg</filename><dc:title>B</dc:title></photo>\n<!-- <dc:title>no</dc:title> -->"
    )
    rows, found = read(f"<all {DC}><letter><dc:title>A</dc:title></letter>{photo}{end}</all>")
    assert [row.description.title for row in rows] == ["A", "C"][: 1 + ("C" in end)]
    assert [(one.code, one.severity, one.at.line, one.found) for one in found] == [
        ("DESC-XML-CONTENT", Severity.ERROR, 2, "<filename>b.jpg")
    ]


def test_the_parts_of_a_name_are_not_run_together() -> None:
    creator = "<dc:creator><given>Ana</given><family>Ruiz</family></dc:creator>"
    prose = "<dc:title>A <i>long</i>ish one</dc:title>"
    (row, _), _ = read(f"<all {DC}><r>{prose}{creator}</r><r><dc:title>B</dc:title></r></all>")
    assert {term: value.value for term, (value,) in row.description.terms.items()} == {
        "title": "A longish one",
        "creator": "Ana Ruiz",
    }


def test_file_named_in_a_record_is_its_path() -> None:
    rows, _ = read(
        f"<all {DC}><r><file>a.txt</file><d><dc:title>A</dc:title></d></r>"
        "<r><file>b.txt</file><d><dc:title>B</dc:title></d></r></all>"
    )
    assert [row.paths for row in rows] == [("a.txt",), ("b.txt",)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "iso-8859-1"])
def test_set_is_read_in_its_encoding(encoding: str) -> None:
    declared = f"<?xml version='1.0' encoding='{encoding}'?>" if encoding.startswith("iso") else ""
    text = f"{declared}<all {DC}><r><dc:title>é</dc:title></r><r><dc:title>ü</dc:title></r></all>"
    rows, found = read(text.encode(encoding))
    assert (titles(rows), found) == (["é", "ü"], [])


def test_byte_of_another_encoding_costs_its_record_alone() -> None:
    records = "\n".join(f"<r><dc:title>{title}</dc:title></r>" for title in "A\xe9C")
    text = f"<all {DC}>\n{records}</all>"
    rows, (finding,) = read(text.encode("latin-1"))
    assert titles(rows) == ["A", "C"]
    assert (finding.code, finding.at.line, finding.at.column) == ("DESC-ENCODING", 3, 14)


def test_encoding_that_is_no_character_set_is_refused() -> None:
    _, (finding,) = read("<?xml version='1.0' encoding='rot13'?><all/>")
    assert finding.code == "DESC-ENCODING"


def test_records_that_windows_cut_through_are_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_text, "LONGEST_XML_RECORD", 2000)
    monkeypatch.setattr(xml_text, "_BLOCK", 100)
    rows, found = read(ENVELOPE.format("\n".join(harvested(n, LOOK_ALIKES[n % 5]) for n in range(300))))
    assert (len(rows), found) == (300, [])
    assert rows[-1].at.line == 3 + 300 + 60  # a line for each record, and one more inside each comment


def test_description_of_the_whole_collection_is_noted() -> None:
    records = "<i><dc:title>A</dc:title></i><i><dc:title>B</dc:title></i>"
    _, found = read(f"<all {DC}><dc:title>The whole</dc:title>{records}</all>")
    assert [finding.code for finding in found] == ["DESC-LEVEL"]


def test_set_is_read_from_a_stream_that_cannot_be_set_back() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: int) -> int:
            raise io.UnsupportedOperation

    for text in (f"<r {DC}><dc:title>A</dc:title></r>", ENVELOPE.format(harvested(1))):
        items = list(read_descriptions("set.xml", Pipe(text.encode())))
        assert sum(isinstance(item, DescribedRow) for item in items) == 1
