"""What an export hands to other systems is what their specifications and libraries take for valid."""

import io
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from lxml import etree

from archive.core.agents import Agent, AgentKind
from archive.core.descriptions.access import NOT_STATED, OPEN, RESTRICTED, Access, AccessStatus
from archive.core.descriptions.dcterms import TERMS
from archive.core.descriptions.description import Description, Value
from archive.formats.exchange.citation import citation
from archive.formats.exchange.mets import mets_xml, relative_reference
from archive.formats.exchange.prov import provenance
from archive.formats.exchange.prov_json import prov_json, prov_n
from archive.formats.exchange.record import ExchangedDocument, ExchangedFile, Keeper
from archive.formats.exchange.ro_crate import (
    CONTEXT,
    SPECIFICATION,
    CratedDocument,
    FileBeside,
    ro_crate_json,
)
from archive.formats.premis import PremisWriter, RevisionRecord, revision_xml
from archive.formats.premis.reader import read_premis
from tests.conformance import xsd
from tests.conformance.awkward_records import AWKWARD, BAG, FULL, JANE, PROGRAM, RECORDS

_TEXT = AWKWARD.replace("\ud800", "")
DESCRIBED = Description(
    {term: (Value(f"{term} {_TEXT}", "de"), Value("plain")) for term in TERMS}, {"box": ("3",)}
)
_LITERAL = re.compile(r'"""(?:[^\\]|\\.)*?"""|"(?:[^"\\]|\\.)*"', re.DOTALL)
PLAIN = Description({"title": (Value("A letter"),)})


def exchanged(
    record: str, description: Description, access: Access = OPEN, reason: str | None = None
) -> ExchangedDocument:
    """A document with the PREMIS of one of the records, and of one revision."""
    premis = PremisWriter(FULL).xml(RECORDS[record])
    revision = revision_xml(
        RevisionRecord(BAG, "2026-000001", 2, "2026-11-22T09:30:00Z", JANE, PROGRAM, "urn:x", "a" * 128)
    )
    first, second = read_premis(premis), read_premis(revision)
    agents = {agent.id: agent for agent in (*first.agents, *second.agents)}
    return ExchangedDocument(
        bag=BAG,
        reference="2026-000001",
        description=description,
        files=[
            ExchangedFile(
                name=file.original, path=file.path, sha512="a" * 128, bytes=file.bytes, puids=file.puids
            )
            for file in first.files
        ],
        events=(*first.events, *second.events),
        agents=tuple(agents.values()),
        premis=(premis, revision),
        keeper=Keeper(archive="Valley", institution="Village & Co", contact="", origin="valley/1"),
        software=Agent(id="p", name="document-archive", kind=AgentKind.SOFTWARE, version="1"),
        source="letters/a.txt",
        accession=None,
        ingested="2026-11-21T09:30:00Z",
        exported="2026-11-23T09:30:00Z",
        access=str(access),
        statement=access,
        reason=reason,
    )


DOCUMENTS = {
    f"{record}, {name}": exchanged(record, description)
    for record in RECORDS
    for name, description in (("all terms", DESCRIBED), ("a title", PLAIN))
}


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> tuple[xsd.Engine, ...]:
    """METS 1.12.1 with PREMIS 3 and Dublin Core beside it, in both engines."""
    return xsd.engines(xsd.mets(tmp_path_factory.mktemp("xsd")))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_mets_is_valid_with_premis_in_both_engines(engines: tuple[xsd.Engine, ...], name: str) -> None:
    document = mets_xml(DOCUMENTS[name])
    assert [engine.errors(document) for engine in engines] == [[], []]


EMBARGOED = Access(AccessStatus.EMBARGOED, "2040-01-01", title_hidden=True)
PREMIS = "{http://www.loc.gov/premis/v3}"


@pytest.mark.parametrize(
    ("access", "acts", "restriction", "until"),
    [
        (OPEN, 1, None, None),
        (NOT_STATED, 0, None, None),
        (RESTRICTED, 1, "restricted", None),
        (EMBARGOED, 1, "embargoed until 2040-01-01, title hidden", "2040-01-01"),
    ],
)
def test_mets_says_who_may_see_the_document_and_what_its_description_says_of_rights(
    engines: tuple[xsd.Engine, ...], access: Access, acts: int, restriction: str | None, until: str | None
) -> None:
    rights = {
        "rights": (Value("Ask <us>"),),
        "license": (Value("CC BY"),),
        "rightsHolder": (Value("Ana", "sl"),),
    }
    described = Description({"title": (Value("A letter"),), **rights})
    written = mets_xml(exchanged("one file", described, access, "for the court & its clerk"))
    assert [engine.errors(written) for engine in engines] == [[], []]
    root = etree.fromstring(written)
    stated, said = root.iter("{*}rightsMD")
    assert [each.text for each in stated.iter(f"{PREMIS}otherRightsNote")] == [
        f"access: {access}",
        "this copy was made for: for the court & its clerk",
    ]
    assert [act.text for act in stated.iter(f"{PREMIS}act")] == ["disseminate"] * acts
    assert stated.findtext(f".//{PREMIS}restriction") == restriction
    assert stated.findtext(f".//{PREMIS}termOfGrant/{PREMIS}startDate") == until
    terms = {etree.QName(each).localname: each.text for each in said.iter("{http://purl.org/dc/terms/}*")}
    assert terms == {"rights": "Ask <us>", "license": "CC BY", "rightsHolder": "Ana"}
    (whole,) = (each for each in root.iter("{*}div") if each.get("TYPE") == "document")
    assert {"rights-1", "rights-2"} <= set((whole.get("ADMID") or "").split())


def test_engines_see_a_mistake_in_the_rights_inside(engines: tuple[xsd.Engine, ...]) -> None:
    broken = mets_xml(DOCUMENTS["one file, a title"]).replace(b"<act>disseminate</act>", b"<deed/>")
    assert all(engine.errors(broken) for engine in engines)


def test_engines_see_a_mistake_in_the_premis_inside(engines: tuple[xsd.Engine, ...]) -> None:
    broken = mets_xml(DOCUMENTS["one file, a title"]).replace(b"<eventDateTime>", b"<eventDate>", 1)
    broken = broken.replace(b"</eventDateTime>", b"</eventDate>", 1)
    assert all(engine.errors(broken) for engine in engines)


def test_mets_names_every_file_by_a_reference_that_leads_to_it() -> None:
    document = DOCUMENTS["several files, a title"]
    root = etree.fromstring(mets_xml(document))
    links = [link.get("{http://www.w3.org/1999/xlink}href") or "" for link in root.iter("{*}FLocat")]
    assert [unquote(link, errors="surrogateescape") for link in links] == [f.name for f in document.files]
    known = {element.get("ID") for element in root.iter() if element.get("ID")}
    pointed = {
        name
        for e in root.iter()
        for key in ("FILEID", "DMDID", "ADMID")
        for name in (e.get(key) or "").split()
    }
    assert pointed <= known


@pytest.mark.parametrize("name", DOCUMENTS)
def test_prov_json_and_prov_n_say_the_same_to_the_reference_library(name: str) -> None:
    prov = pytest.importorskip("prov.model", reason="the package prov is not installed")
    said = provenance(DOCUMENTS[name])
    read = prov.ProvDocument.deserialize(io.StringIO(prov_json(said).decode()), format="json")
    theirs = sorted(_statements(read.get_provn()))
    ours = sorted(_statements(prov_n(said).decode()))
    assert len(ours) == len(said.elements) + len(said.relations)
    assert [_outline(line) for line in ours] == [_outline(line) for line in theirs]


def test_prov_json_is_valid_under_the_published_schema() -> None:
    import jsonschema

    schema = json.loads((xsd.folder() / "prov" / "prov-json.schema.json").read_text())
    for document in DOCUMENTS.values():
        jsonschema.validate(json.loads(prov_json(provenance(document))), schema)


def _statements(text: str) -> list[str]:
    text = _LITERAL.sub('"…"', text)
    lines = [line.strip() for line in text.split("\n")]
    return [line for line in lines if "(" in line and not line.startswith(("prefix", "default"))]


def _outline(line: str) -> tuple[str, str, int]:
    """The kind, the identifiers and the number of attributes: writers differ in blanks, order and times."""
    kind, _, rest = line.partition("(")
    arguments, _, attributes = rest.partition("[")
    named = [one.strip() for one in arguments.rstrip(", )").split(",") if ":" in one and "T" not in one]
    return kind, " ".join(named), attributes.count("=") if attributes else 0


def crate(name: str, *, shared: bool = False) -> Any:
    """The metadata of a crate of one document, its files in a folder of its own or in a shared one."""
    return crated(DOCUMENTS[name], shared=shared)


def crated(document: ExchangedDocument, *, shared: bool = False) -> Any:
    """The metadata of a crate of the document, with a page and a description beside it."""
    described = [FileBeside("descriptions/2026-000001.json", "description", "application/json", 7)]
    one = CratedDocument(document, "2026-000001/", described, shared=shared)
    beside = [FileBeside("about.html", "about", "text/html", 5)]
    return json.loads(ro_crate_json([one], document.keeper, document.exported, beside, "descriptions"))


def entities_of(**terms: tuple[Value, ...]) -> tuple[Any, dict[str, Any], list[dict[str, str]]]:
    """The document's own entity, all by their @id, and the additions to the context."""
    document = crated(exchanged("one file", Description({"title": (Value("A letter"),), **terms})))
    by_id = {entity["@id"]: entity for entity in document["@graph"]}
    context = document["@context"]
    return by_id["2026-000001/"], by_id, context[1:] if isinstance(context, list) else []


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_crate_has_what_the_specification_asks_for(name: str, shared: bool) -> None:
    document = crate(name, shared=shared)
    entities = {entity["@id"]: entity for entity in document["@graph"]}
    assert len(entities) == len(document["@graph"])
    assert CONTEXT in (document["@context"], document["@context"][0])
    descriptor = entities["ro-crate-metadata.json"]
    assert (descriptor["@type"], descriptor["conformsTo"]) == ("CreativeWork", {"@id": SPECIFICATION})
    root = entities[descriptor["about"]["@id"]]
    assert root["@id"] == "./"
    assert {"name", "description", "datePublished", "license"} <= set(root)
    assert "Dataset" in root["@type"]
    assert all(target in entities for target in _links(document["@graph"]) if target != SPECIFICATION)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_property_and_type_of_the_crate_is_in_its_context(name: str) -> None:
    path = Path(xsd.folder(), "ro-crate", "1.2", "context.jsonld")
    known = set(json.loads(path.read_text())["@context"]) | {"@id", "@type"}
    document = crate(name)
    for added in document["@context"][1:] if isinstance(document["@context"], list) else ():
        assert not known & set(added)
        known |= set(added)
    for entity in [*document["@graph"], *crate(name, shared=True)["@graph"]]:
        types = entity["@type"] if isinstance(entity["@type"], list) else [entity["@type"]]
        assert set(entity) | set(types) <= known


LICENCE = "https://creativecommons.org/licenses/by/4.0/"
ANA = "https://orcid.org/0000-0002-1825-0097"


def test_crate_says_licence_holder_and_what_else_the_description_says_of_rights() -> None:
    entity, by_id, _ = entities_of(
        license=(Value(LICENCE),), rightsHolder=(Value("Holder"),), rights=(Value("© Holder"),)
    )
    assert entity["license"] == {"@id": LICENCE}
    assert by_id[LICENCE]["@type"] == "CreativeWork"
    assert by_id[entity["copyrightHolder"]["@id"]]["name"] == "Holder"
    assert entity["copyrightNotice"] == "© Holder"
    where = by_id["#rights"]["description"]
    assert all(
        name in where for name in ("license", "copyrightHolder", "copyrightNotice", "conditionsOfAccess")
    )


@pytest.mark.parametrize(
    ("value", "said", "name"),
    [
        (Value("CC BY 4.0", uri=LICENCE), {"@id": LICENCE}, "CC BY 4.0"),
        (Value("Only in the reading room"), "Only in the reading room", None),
        (Value(f"{LICENCE} for the text"), f"{LICENCE} for the text", None),
    ],
)
def test_licence_is_an_entity_where_it_has_an_address(value: Value, said: Any, name: str | None) -> None:
    entity, by_id, _ = entities_of(license=(value,))
    assert entity["license"] == said
    assert name is None or by_id[LICENCE]["name"] == name


def test_creator_with_an_address_is_the_entity_of_that_address() -> None:
    entity, by_id, _ = entities_of(
        creator=(Value("Ana Kos", uri=ANA), Value("keeper")), contributor=(Value("Kos, A.", uri=ANA),)
    )
    assert entity["creator"][0] == entity["contributor"] == {"@id": ANA}
    assert (by_id[ANA]["name"], by_id[ANA]["@type"]) == ("Ana Kos", ["Person", "Organization"])
    assert by_id[entity["creator"][1]["@id"]]["name"] == "keeper"
    assert by_id["#keeper"]["name"] == "Village & Co"


def test_crate_says_every_title_the_citation_asked_for_and_the_standard_followed() -> None:
    entity, by_id, _ = entities_of(
        title=(Value("A letter"), Value("Pismo", "sl")),
        alternative=(Value("To Ben"),),
        bibliographicCitation=(Value("Kos 1918"),),
        conformsTo=(Value("https://example.org/tei"), Value("TEI")),
    )
    assert (entity["name"], entity["alternateName"]) == ("A letter", ["Pismo", "To Ben"])
    assert entity["creditText"][0] == "Kos 1918"
    assert entity["conformsTo"] == {"@id": "https://example.org/tei"}
    assert by_id["https://example.org/tei"]["@type"] == "Standard"


def test_date_is_not_said_to_be_what_the_document_is_about() -> None:
    entity, _, context = entities_of(date=(Value("1918"),), temporal=(Value("1914/1918"),))
    assert (entity["date"], entity["temporalCoverage"]) == ("1918", "1914/1918")
    assert context == [{"date": "http://purl.org/dc/terms/date"}]


@pytest.mark.parametrize(
    ("term", "name"), [("created", "dateCreated"), ("issued", "datePublished"), ("modified", "dateModified")]
)
def test_only_a_date_of_iso_8601_1_stands_where_one_is_asked_for(term: str, name: str) -> None:
    for good in ("1906", "1906-05", "1906-05-31", "1906-05-31T12:00:00Z", "1906-05-31T12:00+01:00"):
        entity, _, context = entities_of(**{term: (Value(good),)})
        assert (entity.get(name), entity.get(term), context) == (good, None, [])
    for other in ("1906?", "1906~", "190X", "1906/1907", "..1906", "1906-21", "1906-13", "May 1906"):
        entity, _, context = entities_of(**{term: (Value(other),)})
        assert (entity.get(name), entity.get(term)) == (None, other)
        assert context == [{term: f"http://purl.org/dc/terms/{term}"}]


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_file_is_reached_through_what_is_a_dataset_and_nothing_else(name: str, shared: bool) -> None:
    graph = crate(name, shared=shared)["@graph"]
    by_id = {entity["@id"]: entity for entity in graph}
    reached, open_ = set(), ["./"]
    while open_:
        parts = by_id[open_.pop()].get("hasPart", [])
        for part in parts if isinstance(parts, list) else [parts]:
            reached.add(part["@id"])
            if by_id[part["@id"]]["@type"] == "Dataset":
                open_.append(part["@id"])
    files = {entity["@id"] for entity in graph if "File" in entity["@type"]}
    assert files <= reached
    assert {"about.html", "descriptions/2026-000001.json"} <= files
    assert all(by_id[file].get("contentSize") for file in ("about.html", "descriptions/2026-000001.json"))


def test_formats_are_web_pages_and_standards() -> None:
    formats = [
        entity
        for name in DOCUMENTS
        for entity in crate(name)["@graph"]
        if entity["@id"].startswith("https://www.nationalarchives.gov.uk/PRONOM/")
    ]
    assert formats
    assert all(entity["@type"] == ["WebPage", "Standard"] for entity in formats)


def _links(graph: Any) -> list[str]:
    values = (value for entity in graph for value in entity.values())
    listed = (one for value in values for one in (value if isinstance(value, list) else [value]))
    return [one["@id"] for one in listed if isinstance(one, dict)]


def test_citation_names_who_what_when_and_where() -> None:
    described = Description(
        {"title": (Value("Bells."),), "creator": (Value("Ana"), Value("Ben")), "date": (Value("1918~"),)}
    )
    said = citation(exchanged("one file", described))
    assert said == f"Ana; Ben. Bells. 1918~. 2026-000001, Village & Co, Valley. urn:uuid:{BAG}."


@pytest.mark.parametrize("name", ["a b&c.txt", "100%.txt", "a:b", "ü", "x/y#z?", "\udcff"])
def test_relative_reference_leads_back_to_the_name(name: str) -> None:
    reference = relative_reference(name)
    assert unquote(reference, errors="surrogateescape") == name
    assert not set(reference) & set(" :#?&<>\"'")
