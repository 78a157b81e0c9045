"""PREMIS of an ingest: every event says who, when, what and how it ended; the reader gives it back."""

from pathlib import Path

import pytest
from lxml import etree

from archive.core.agents import Agent, AgentKind
from archive.core.digests import Algorithm, Digest
from archive.core.errors import BagFormatError
from archive.core.events import EventType, event_id
from archive.formats.format_identification import FormatIdentification, Identification
from archive.formats.premis import (
    IngestContext,
    PremisFile,
    PremisRecord,
    PremisWriter,
    RevisionRecord,
    SummaryFile,
    premis_xml,
    reader,
    revision_xml,
)
from archive.formats.premis.reader import read_premis

BAG = "0192aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee"
NOW = "2026-11-21T09:30:00Z"
JANE = Agent(id="jane", name="Jane Smith", kind=AgentKind.PERSON)
PROGRAM = Agent(id="document-archive", name="document-archive", kind=AgentKind.SOFTWARE, version="0.1.0")
TOOL = Agent(id="siegfried", name="siegfried", kind=AgentKind.SOFTWARE, version="1.11.9")
SCANNER = Agent(id="clamav", name="ClamAV", kind=AgentKind.SOFTWARE, version="1.4")
DIGEST = Digest(Algorithm.MD5, "d" * 32)
FILE = PremisFile("data/a.txt", "letters/a.txt", 3, "a" * 128, 1_714_564_800_123_456_789)


def context(
    *,
    source: str = "stick",
    accession: str | None = None,
    identification: Agent | None = None,
    scanner: Agent | None = None,
) -> IngestContext:
    return IngestContext(
        run="01920000-0000-7000-8000-000000000001",
        agent=JANE,
        software=PROGRAM,
        originator="Village archive",
        schema="urn:document-archive:schema:dublin-core:1",
        source=source,
        accession=accession,
        depositor="Mrs Smith",
        identification=identification,
        scanner=scanner,
    )


def record(
    *files: PremisFile, declared: bool = False, awaiting: bool = False, warnings: int = 0
) -> PremisRecord:
    return PremisRecord(
        BAG,
        "2026-000001",
        "letters/a.txt",
        NOW,
        files or (FILE,),
        declared=declared,
        awaiting=awaiting,
        warnings=warnings,
    )


def outcomes(document: bytes) -> dict[str, str | None]:
    """Event type → outcome."""
    return {event.type: event.outcome for event in read_premis(document).events}


def linked(document: bytes, event: EventType) -> list[str]:
    """The identifiers of the objects that an event concerns."""
    root = etree.fromstring(document)
    space = {"p": "http://www.loc.gov/premis/v3"}
    found = root.xpath(
        f"p:event[p:eventType='{event.value}']//p:linkingObjectIdentifierValue/text()", namespaces=space
    )
    assert isinstance(found, list)
    return [str(each) for each in found]


def test_the_reader_gives_back_everything_that_the_index_is_rebuilt_from() -> None:
    summary = read_premis(premis_xml(context(accession="2026-12"), record()))
    assert (summary.bag, summary.reference, summary.declared) == (BAG, "2026-000001", False)
    assert (summary.source, summary.source_label) == ("letters/a.txt", "stick")
    assert (summary.run, summary.accession) == ("01920000-0000-7000-8000-000000000001", "2026-12")
    assert (summary.ingested, summary.awaiting, summary.agents) == (NOW, False, (JANE, PROGRAM))
    assert summary.files == (
        SummaryFile(
            path="data/a.txt",
            original="letters/a.txt",
            bytes=3,
            modified=1_714_564_800_123_456_789,
            digests=(("SHA-512", "a" * 128, "Village archive"),),
            puids=(),
        ),
    )


def test_a_run_without_accession_reads_back_as_none() -> None:
    assert read_premis(premis_xml(context(), record())).accession is None


def test_a_reference_that_the_archivist_brought_is_told_from_a_minted_one() -> None:
    summary = read_premis(premis_xml(context(), record(declared=True)))
    assert (summary.reference, summary.declared) == ("2026-000001", True)


def test_a_description_that_is_awaited_is_a_warning_and_reads_back() -> None:
    document = premis_xml(context(), record(awaiting=True, warnings=2))
    assert outcomes(document)["validation"] == "warning"
    assert read_premis(document).awaiting


def test_steps_that_were_left_out_say_so() -> None:
    assert outcomes(premis_xml(context(), record())) == {
        "ingestion": "success",
        "message digest calculation": "success",
        "format identification": "not done",
        "validation": "success",
        "virus check": "not done",
    }


def test_steps_that_were_done_name_the_program_that_did_them() -> None:
    file = FILE._replace(
        identification=Identification((FormatIdentification("T", "", "x-fmt/111", "", "", ""),))
    )
    document = premis_xml(context(identification=TOOL, scanner=SCANNER), record(file))
    assert outcomes(document)["format identification"] == "success"
    assert outcomes(document)["virus check"] == "success"
    summary = read_premis(document)
    assert summary.agents == (JANE, PROGRAM, TOOL, SCANNER)
    assert summary.files[0].puids == ("x-fmt/111",)


def test_every_event_has_a_person_and_a_program_and_the_outcome_and_the_objects() -> None:
    file = FILE._replace(depositor=(DIGEST,), path="data/x.txt")
    root = etree.fromstring(premis_xml(context(identification=TOOL, scanner=SCANNER), record(file)))
    events = root.findall("{*}event")
    assert len(events) == 7
    for event in events:
        roles = [each.text for each in event.iterfind("{*}linkingAgentIdentifier/{*}linkingAgentRole")]
        assert roles == ["implementer", "executing program"]
        assert event.find("{*}eventOutcomeInformation/{*}eventOutcome") is not None
        assert event.find("{*}linkingObjectIdentifier") is not None


def test_every_agent_that_an_event_names_is_described_and_every_object_too() -> None:
    file = FILE._replace(depositor=(DIGEST,))
    root = etree.fromstring(premis_xml(context(identification=TOOL), record(file)))
    for kind in ("Agent", "Object"):
        links = {each.text for each in root.iter(f"{{*}}linking{kind}IdentifierValue")}
        assert links == {each.text for each in root.iter(f"{{*}}{kind.lower()}IdentifierValue")} - {
            "2026-000001"
        }


def test_the_depositors_digests_are_fixity_under_the_depositors_name_and_an_event_of_their_files_only() -> (
    None
):
    checked = FILE._replace(path="data/b.txt", original="b.txt", depositor=(DIGEST,))
    document = premis_xml(context(), record(FILE, checked))
    assert linked(document, EventType.FIXITY_CHECK) == [f"{BAG}/data/b.txt"]
    digests = [file.digests[1:] for file in read_premis(document).files]
    assert digests == [(), (("MD5", "d" * 32, "Mrs Smith"),)]


def test_a_file_stored_under_another_name_has_an_event_that_says_so() -> None:
    renamed = FILE._replace(path="data/a_.txt", original="letters/a\n.txt")
    document = premis_xml(context(), record(FILE, renamed))
    assert linked(document, EventType.FILENAME_CHANGE) == [f"{BAG}/data/a_.txt"]
    assert read_premis(document).files[1].original == "letters/a\n.txt"


def test_a_file_that_could_not_be_looked_at_is_not_one_of_unknown_format() -> None:
    trouble = FILE._replace(identification=Identification(trouble="input/output error"))
    unknown = FILE._replace(identification=Identification())
    texts = [
        premis_xml(context(identification=TOOL), record(file)).decode() for file in (trouble, unknown, FILE)
    ]
    notes = (
        "could not be looked at: input/output error",
        "knows no such format",
        "no identification was made",
    )
    assert [[note in text for note in notes] for text in texts] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]


def test_the_same_record_gives_the_same_bytes_from_a_used_writer() -> None:
    writer = PremisWriter(context())
    writer.xml(record(awaiting=True))
    assert writer.xml(record()) == premis_xml(context(), record())


def test_names_that_are_not_utf8_and_labels_with_percent_signs_survive() -> None:
    file = FILE._replace(path="data/n.txt", original="100%25\udcff/\x01\r.txt")
    summary = read_premis(premis_xml(context(source="a%20b\udcfe\x00", accession="5%"), record(file)))
    assert summary.files[0].original == "100%25\udcff/\x01\r.txt"
    assert (summary.source_label, summary.accession) == ("a%20b\udcfe\x00", "5%")


def test_event_ids_belong_to_the_bag_are_uuids_of_version_8_and_differ_for_every_number() -> None:
    ids = [event_id(BAG, number) for number in (0, 1, 0xFFF, 0x1000, 0x1001)]
    assert ids[:3] == [
        "0192aaaa-bbbb-8000-8ddd-eeeeeeeeeeee",
        "0192aaaa-bbbb-8001-8ddd-eeeeeeeeeeee",
        "0192aaaa-bbbb-8fff-8ddd-eeeeeeeeeeee",
    ]
    assert len(set(ids)) == 5
    assert all(len(each) == 36 and each[14] == "8" and each[19] in "89ab" for each in ids)


def test_a_revision_names_what_it_replaces_and_its_ids_do_not_repeat_the_ingests() -> None:
    revisions = [
        revision_xml(
            RevisionRecord(BAG, "2026-000001", n, NOW, JANE, PROGRAM, "urn:x", "e" * 128, ("title",))
        )
        for n in (2, 3)
    ]
    events = [event for document in revisions for event in read_premis(document).events]
    assert [event.type for event in events] == ["metadata modification", "validation"] * 2
    assert events[0].details == (
        "revision: 2",
        "replaces the tag manifest with SHA-512: " + "e" * 128,
        "changed: title",
    )
    ids = [event.id for event in events] + [event_id(BAG, number) for number in range(16)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<premis",
        b"\xff\xfe",
        b"<premis/>",
        b'<premis xmlns="info:lc/xmlns/premis-v2" version="2.2"/>',
        b'<!DOCTYPE p [<!ENTITY e "x">]><premis xmlns="http://www.loc.gov/premis/v3">&e;</premis>',
        b'<!DOCTYPE p SYSTEM "http://127.0.0.1/x"><premis xmlns="http://www.loc.gov/premis/v3"/>',
        b"<a>" * 5000,
        b'<a><object xmlns="http://www.loc.gov/premis/v3"/></a>',
    ],
)
@pytest.mark.parametrize("whole", [1 << 30, -1], ids=["at once", "as a stream"])
def test_what_is_not_a_premis_3_document_is_refused_by_name(
    data: bytes, whole: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "_WHOLE", whole)
    with pytest.raises(BagFormatError, match=r"premis\.xml"):
        read_premis(data)


@pytest.mark.parametrize("count", [1, 3, 40])
def test_a_document_of_many_files_is_read_as_one_of_few(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [FILE._replace(path=f"data/{number}.txt", original=f"{number}.txt") for number in range(count)]
    document = premis_xml(context(accession="2026-12"), record(*files, awaiting=True))
    inner = b"<event><object><agent/></object></event><other><object/></other>"
    read = []
    for whole in (1 << 30, -1):
        monkeypatch.setattr(reader, "_WHOLE", whole)
        read.append(
            [read_premis(data) for data in (document, document.replace(b"<event>", inner + b"<event>"))]
        )
    assert read[0] == read[1]
    assert [len(summary.files) for summary in read[0]] == [count, count]
    assert len(document) > 1 << 16 if count == 40 else count


def test_an_entity_cannot_read_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    data = (
        f'<!DOCTYPE p [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
        '<premis xmlns="http://www.loc.gov/premis/v3"><object>&e;</object></premis>'
    )
    with pytest.raises(BagFormatError):
        read_premis(data.encode())


def test_an_empty_premis_document_states_nothing() -> None:
    summary = read_premis(b'<premis xmlns="http://www.loc.gov/premis/v3"/>')
    assert (summary.bag, summary.reference, summary.run, summary.files) == (None, None, None, ())


def test_other_programs_prefixes_and_unknown_agents_are_read() -> None:
    document = premis_xml(context(), record()).decode()
    foreign = document.replace(">software<", ">hardware<").replace('type="file"', 'type="premis:file"')
    summary = read_premis(foreign.encode())
    assert [agent.id for agent in summary.agents] == ["jane"]
    assert len(summary.files) == 1
