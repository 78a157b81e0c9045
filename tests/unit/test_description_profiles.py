"""Profiles: what they ask for is found by field, in either form, and nothing that they do not ask for."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from archive.core.description_profile import fields_of, parse_overlay
from archive.core.description_profile.tap import compile_tap
from archive.core.descriptions.access import parse_access
from archive.core.descriptions.description import SCHEMA_ID, Description, Value
from archive.core.descriptions.inheritance import Source
from archive.core.errors import ConfigurationError
from archive.formats.profile_documents import read_profile_document
from archive.schemas import Overlay, SchemaFaultError
from archive.services.description_profiles import BUILT_IN, ProfileRules, built_in, find_profile
from tests.changes import Changing

FULL = {
    "title": "Letter",
    "creator": "Ana",
    "date": "1918",
    "extent": "2 leaves",
    "language": "en",
    "description": "About the war",
    "accessRights": "open to all",
    "type": "Text",
}


def description(
    terms: dict[str, str], other: dict[str, str] | None = None, access: str | None = None
) -> Description:
    return Description(
        {term: (Value(text),) for term, text in terms.items()},
        {name: (text,) for name, text in (other or {}).items()},
        None if access is None else parse_access(access),
    )


def without(*terms: str) -> Description:
    return description({term: text for term, text in FULL.items() if term not in terms})


def codes(rules: ProfileRules, judged: Description) -> list[tuple[str, str | None]]:
    return [(found.code, found.at.field) for found in rules.judge(judged, "t.csv:2")]


def table(*rows: str) -> list[list[str]]:
    header = "propertyID,mandatory,repeatable,valueNodeType,valueDataType,valueConstraint,valueConstraintType"
    return [line.split(",") for line in (header, *rows)]


def compiled(*rows: str) -> ProfileRules:
    made = compile_tap(table(*rows), name="local", place="local.csv")
    assert made.schema is not None, made.findings
    profile = parse_overlay(made.schema, name="local", place="local.csv").profile
    assert profile is not None
    return ProfileRules(profile)


class TestBuiltIn:
    @pytest.mark.parametrize("name", BUILT_IN)
    def test_a_full_description_keeps_every_one_of_them(self, name: str) -> None:
        assert codes(ProfileRules(built_in(name)), description(FULL, {"level": "file"})) == []

    @pytest.mark.parametrize(
        ("name", "term", "field"),
        [
            ("dacs-minimum", "date", "dc.date"),
            ("dacs-minimum", "extent", "dcterms.extent"),
            ("dacs-minimum", "language", "dc.language"),
            ("dacs-minimum", "description", "dc.description"),
            ("dacs-minimum", "accessRights", "access"),
            ("isad-minimum", "creator", "dc.creator"),
            ("isad-minimum", "extent", "dcterms.extent"),
        ],
    )
    def test_one_missing_field_is_one_finding_at_that_field(self, name: str, term: str, field: str) -> None:
        lacking = {key: text for key, text in FULL.items() if key != term}
        found = codes(ProfileRules(built_in(name)), description(lacking, {"level": "file"}))
        assert [each for each in found if each[0] == "PROFILE-MISSING"] == [("PROFILE-MISSING", field)]

    def test_isad_asks_for_the_level(self) -> None:
        found = codes(ProfileRules(built_in("isad-minimum")), description(FULL))
        assert ("PROFILE-MISSING", "level") in found

    def test_what_is_missing_and_what_is_wrong_are_said_at_once(self) -> None:
        rules = compiled("dcterms:extent,true,,,,,", "dc:type,true,,,,Text|Sound,picklist", "level,true,,,,,")
        assert codes(rules, description({"title": "x", "type": "Song"})) == [
            ("PROFILE-MISSING", "dcterms.extent"),
            ("PROFILE-MISSING", "level"),
            ("PROFILE-VALUE", "dc.type"),
        ]

    def test_any_of_several_dates_will_do(self) -> None:
        judged = description({"created": "1918"} | {key: text for key, text in FULL.items() if key != "date"})
        assert codes(ProfileRules(built_in("dacs-minimum")), judged) == []

    def test_the_closed_access_counts_as_a_condition_of_access_and_not_stated_does_not(self) -> None:
        silent = {key: text for key, text in FULL.items() if key != "accessRights"}
        rules = ProfileRules(built_in("dacs-minimum"))
        assert codes(rules, description(silent, access="restricted")) == []
        assert codes(rules, description(silent, access="not stated")) == [("PROFILE-MISSING", "access")]

    def test_what_is_recommended_is_a_note_and_nothing_more(self) -> None:
        assert codes(ProfileRules(built_in("dacs-minimum")), without("creator")) == [
            ("PROFILE-RECOMMENDED", "dc.creator")
        ]

    def test_what_is_inherited_is_not_missing(self) -> None:
        series = Source("S", description({"language": "en", "title": "Series"}), frozenset({"language"}))
        rules = ProfileRules(built_in("dacs-minimum"), supplied=(series,))
        assert codes(rules, without("language")) == []
        assert codes(rules, without("language", "title"))[0] == ("PROFILE-MISSING", "dc.title")

    def test_in_force_without_being_asked_for_it_warns(self) -> None:
        rules = ProfileRules(built_in("dacs-minimum"), strict=False)
        assert {str(found.severity) for found in rules.judge(without("extent"), "x")} == {"warning"}


class TestTables:
    def test_mandatory_is_missed_and_optional_is_not(self) -> None:
        rules = compiled("dcterms:extent,TRUE,,,,,", "dc:subject,false,,,,,", "level,1,,,,,")
        assert codes(rules, description({"title": "x"})) == [
            ("PROFILE-MISSING", "dcterms.extent"),
            ("PROFILE-MISSING", "level"),
        ]
        assert codes(rules, description({"title": "x", "extent": "1"}, {"level": "item"})) == []

    @pytest.mark.parametrize(
        ("row", "good", "bad"),
        [
            ("dc:type,,,,,Text|Sound,picklist", "Sound", "Song"),
            ("dc:type,,,,,Text Sound,picklist", "Sound", "Text Sound"),
            ("dc:type,,,,,Text,", "Text", "Sound"),
            ("dc:date,,,,xsd:date,,", "1918-11-11", "1918-11-31"),
            ("dc:date,,,,xsd:gYear,,", "1918", "1918\n"),
            ("dc:date,,,,edtf:EDTF,,", "1918~", "c. 1918"),
            ("dc:language,,,,dcterms:RFC5646,,", "de-CH", "German"),
            ("dc:identifier,,,,,[A-Z][0-9]+,pattern", "A12", "xA12"),
            ("dc:relation,,,IRI,,,", "https://example.org/1", "a book"),
            (
                "dc:relation,,,,,https://example.org/a.b/,IRIstem",
                "https://example.org/a.b/1",
                "https://example.org/axb/",
            ),
            ("dc:description,,,,,3,minLength", "abc", "ab"),
            ("dc:description,,,,,3,maxLength", "abc", "abcd"),
        ],
    )
    def test_a_value_is_held_against_its_row(self, row: str, good: str, bad: str) -> None:
        rules = compiled(row)
        (term,) = set(rules.profile.schema["properties"])
        assert codes(rules, description({"title": "x", term: good})) == []
        found = codes(rules, description({"title": "x", term: bad}))
        assert [code for code, _ in found] == ["PROFILE-VALUE"]
        with_language = Description({"title": (Value("x"),), term: (Value(bad, "en"),)})
        assert [code for code, _ in codes(rules, with_language)] == ["PROFILE-VALUE"]

    def test_what_does_not_repeat_and_what_needs_a_language(self) -> None:
        twice = Description({"title": (Value("x"), Value("y"))})
        assert codes(compiled("dc:title,,false,,,,"), twice) == [("PROFILE-VALUE", "dc.title")]
        assert codes(compiled("dc:title,,,,rdf:langString,,"), twice)[0] == ("PROFILE-VALUE", "dc.title")
        german = Description({"title": (Value("x", "de"),)})
        assert codes(compiled("dc:title,,,,rdf:langString,,"), german) == []
        assert codes(compiled("dc:title,,,,,en fr,languageTag"), german) == [("PROFILE-VALUE", "dc.title")]

    @pytest.mark.parametrize(
        "asked", ["en de-CH", "EN DE-ch", f"en {' '.join(f'x-{n:08}' for n in range(40))} De-Ch"]
    )
    def test_a_language_is_the_same_however_its_letters_are_written(self, asked: str) -> None:
        """RFC 5646 § 2.1.1: tags are not to be told apart by the case of their letters."""
        rules = compiled(f"dc:title,,,,,{asked},languageTag")
        for tag in ("en", "EN", "de-CH", "DE-ch"):
            assert codes(rules, Description({"title": (Value("x", tag),)})) == []
        for tag in ("de", "en-GB", "fr", "de-CHE"):
            judged = rules.judge(Description({"title": (Value("x", tag),)}), "t.csv:2")
            assert [(one.code, one.at.field) for one in judged] == [("PROFILE-VALUE", "dc.title")]
            assert judged[0].expected is not None
            assert judged[0].expected.startswith(f"one of {asked.split(maxsplit=1)[0]}, ")
        for tag in ("en\n", "\u212an", "de_CH"):
            assert not Overlay(rules.profile.schema).is_valid({"title": [{"value": "x", "lang": tag}]})

    def test_a_datatype_and_a_constraint_hold_together(self) -> None:
        rules = compiled("dc:date,,,,xsd:gYear,19.*,pattern")
        assert codes(rules, description({"title": "x", "date": "1918"})) == []
        for bad in ("1818", "19th century"):
            assert codes(rules, description({"title": "x", "date": bad})) == [("PROFILE-VALUE", "dc.date")]

    def test_a_language_and_what_its_text_is_like_hold_together(self) -> None:
        rules = compiled(
            "dc:title,,,,rdf:langString,en fr,languageTag", "dc:subject,,,,rdf:langString,3,minLength"
        )
        good = {"title": (Value("x", "en"),), "subject": (Value("abc", "de"),)}
        assert codes(rules, Description(good)) == []
        assert codes(rules, Description(good | {"title": (Value("x", "de"),)})) != []
        assert codes(rules, Description(good | {"subject": (Value("ab", "de"),)})) != []
        assert codes(rules, Description(good | {"subject": (Value("abc"),)})) != []

    def test_a_column_of_ones_own_that_does_not_repeat_does_not(self) -> None:
        twice = Description({"title": (Value("x"),)}, {"box": ("1", "2")})
        assert codes(compiled("box,,false,,,,"), twice) == [("PROFILE-VALUE", "box")]

    @pytest.mark.parametrize(
        ("row", "code", "column"),
        [
            ("dc:titel,,,,,,", "TAP-PROPERTY", "propertyID"),
            ("foaf:name,,,,,,", "TAP-PROPERTY", "propertyID"),
            ("dc:title,maybe,,,,,", "TAP-VALUE", "mandatory"),
            ("dc:title,,,,xsd:duration,,", "TAP-VALUE", "valueDataType"),
            ("dc:title,,,,,[,pattern", "TAP-VALUE", "valueConstraint"),
            ("dc:title,,,,,5,maxInclusive", "TAP-VALUE", "valueConstraintType"),
            ("dc:title,,,bnode,,,", "TAP-SHAPE", "valueNodeType"),
            (",true,,,,,", "TAP-PROPERTY", "propertyID"),
            ("box,,,,rdf:langString,,", "TAP-VALUE", "valueDataType"),
            ("access,,,,,en,languageTag", "TAP-VALUE", "valueConstraintType"),
            ("dc:title,,,,,;,languageTag", "TAP-VALUE", "valueConstraint"),
            ("dc:source,,,IRI,,||,IRIstem", "TAP-VALUE", "valueConstraint"),
            ("dc:type,true,,,,Text,pattern,Image", "TAP-VALUE", "H"),
            (",,,,,,,Image", "TAP-VALUE", "H"),
        ],
    )
    def test_a_row_that_cannot_be_said_of_a_description_is_refused_by_its_cell(
        self, row: str, code: str, column: str
    ) -> None:
        made = compile_tap(table("dc:subject,,,,,,", row), name="local", place="local.csv")
        assert made.schema is None
        assert [(found.code, found.at.line, found.at.field) for found in made.findings] == [(code, 3, column)]

    def test_a_shape_as_a_value_and_a_second_shape_are_refused(self) -> None:
        rows = [["shapeID", "propertyID", "valueShape"], ["a", "dc:creator", "person"], ["b", "dc:title", ""]]
        made = compile_tap(rows, name="local", place="local.csv")
        assert [(found.code, found.at.line) for found in made.findings] == [
            ("TAP-SHAPE", 3),
            ("TAP-SHAPE", 2),
        ]

    def test_a_property_stated_twice_is_refused(self) -> None:
        made = compile_tap(table("dc:title,,,,,,", "title,,,,,,"), name="local", place="local.csv")
        assert [found.code for found in made.findings] == ["TAP-TWICE"]

    @pytest.mark.parametrize("rows", [[], [["a", "b"]], [["propertyID"]]])
    def test_a_table_that_states_nothing_is_refused(self, rows: list[list[str]]) -> None:
        assert compile_tap(rows, name="local", place="local.csv").schema is None

    def test_a_file_with_semicolons_and_a_byte_order_mark_is_read(self) -> None:
        data = "\ufeffpropertyID;mandatory\ndc:extent;true\n".encode()
        parsed = read_profile_document("local", "x/local.csv", data)
        assert parsed.profile is not None
        assert parsed.profile.missing(()) == parsed.profile.required != ()

    @pytest.mark.parametrize("data", [b"\xff", b'propertyID\n"dc:title', b"propertyID\n" + b"a\n" * 3000])
    def test_a_file_that_is_no_table_is_refused(self, data: bytes) -> None:
        parsed = read_profile_document("local", "local.csv", data)
        assert parsed.profile is None
        assert parsed.findings


class TestOverlays:
    @staticmethod
    def overlay(**more: Any) -> dict[str, Any]:
        return {"allOf": [{"$ref": SCHEMA_ID}], **more}

    @pytest.mark.parametrize(
        "more",
        [
            {"allOf": []},
            {"$schema": "http://json-schema.org/draft-07/schema#"},
            {"properties": {"titel": {}}},
            {"properties": {"title": {"$ref": "https://example.org/x"}}},
            {"properties": {"title": {"items": {"format": "email"}}}},
            {"properties": {"title": {"items": {"pattern": "["}}}},
            {"properties": {"title": {"minItems": "many"}}},
            {"properties": {"title": {"items": {"pattern": "(?=a)b"}}}},
            {"properties": {"other": {"patternProperties": {"^x": {}}}}},
            {"required": "title"},
            {"required": 5},
            {"required": None},
            {"allOf": [{"$ref": SCHEMA_ID}, {"anyOf": [{"required": 5}]}]},
            {"required": ["other"], "properties": {"other": {"required": 7}}},
            {"x-profile": {"inherits": ["titel"]}},
            {"x-profile": []},
        ],
    )
    def test_what_no_description_can_be_held_against_is_refused(self, more: dict[str, Any]) -> None:
        data = json.dumps(self.overlay() | more).encode()
        parsed = read_profile_document("local", "local.json", data)
        assert parsed.profile is None
        assert {found.code for found in parsed.findings} == {"PROFILE-FILE"}

    @pytest.mark.parametrize("data", [b"[]", b"{", b"[" * 100_000, b"NaN", b"\xff\xfe"])
    def test_what_is_no_object_of_json_is_refused(self, data: bytes) -> None:
        assert read_profile_document("local", "local.json", data).profile is None

    def test_a_depth_bomb_is_refused(self) -> None:
        node: dict[str, Any] = {}
        for _ in range(400):
            node = {"items": node}
        assert parse_overlay(self.overlay(properties={"title": node}), name="x", place="x").profile is None

    def test_a_pattern_that_would_keep_others_busy_for_years_is_judged_at_once(self) -> None:
        rules = compiled("dc:identifier,,,,,(a+)+b,pattern")
        start = time.monotonic()
        found = codes(rules, description({"title": "x", "identifier": "a" * 5_000}))
        assert [code for code, _ in found] == ["PROFILE-VALUE"]
        assert time.monotonic() - start < 5

    def test_a_schema_that_an_engine_cannot_compile_is_told(self) -> None:
        with pytest.raises(SchemaFaultError):
            Overlay({"type": 7})

    def test_every_field_of_a_description_has_a_name(self) -> None:
        fields = fields_of(description({"title": "x"}, {"box": "3"}, "open"))
        assert fields == {"title", "access", "+box"}


class TestWhich:
    def test_a_local_profile_comes_before_ours_of_the_same_name(self, tmp_path: Path) -> None:
        folder = tmp_path / "profiles"
        folder.mkdir()
        (folder / "core.csv").write_text("propertyID,mandatory\ndcterms:extent,true\n")
        assert find_profile("core", tmp_path).place == "core.csv"
        assert find_profile("core").place == "profile-core"

    def test_a_file_is_named_by_its_path(self, tmp_path: Path) -> None:
        path = tmp_path / "house.csv"
        path.write_text("propertyID,mandatory\ndcterms:extent,true\n")
        assert find_profile(str(path)).name == "house"

    @pytest.mark.parametrize("name", ["dacs-minimun", "/no/such/file.json", "nothing like it"])
    def test_a_profile_that_is_not_there_is_wrong_use(self, name: str) -> None:
        with pytest.raises(ConfigurationError):
            find_profile(name)


class TestCommands:
    def test_ingest_refuses_by_row_and_field_what_does_not_keep_the_profile_it_names(
        self, changing: Changing, tmp_path: Path
    ) -> None:
        source = tmp_path / "gift"
        source.mkdir()
        (source / "one.txt").write_text("1")
        (source / "two.txt").write_text("2")
        rows = "filename,title,date,extent,language,description,access\n"
        rows += "one.txt,One,1918,1 leaf,en,All there,open\ntwo.txt,Two,1918,,en,No extent,open\n"
        (source / "metadata.csv").write_text(rows)
        report = changing("ingest", str(source), "--profile", "dacs-minimum", "--dry-run", code=4)
        (rejected,) = report["rejected"]
        (found,) = [each for each in rejected["findings"] if each["severity"] == "error"]
        assert (found["code"], found["place"]) == ("PROFILE-MISSING", "metadata.csv:3:dcterms.extent")
        assert found["at"] == {"file": "metadata.csv", "line": 3, "column": "D", "field": "dcterms.extent"}

    def test_the_profile_of_archive_toml_warns_and_takes_in_what_an_accession_supplies(
        self, changing: Changing, tmp_path: Path
    ) -> None:
        changing.configure(
            '[description]\nprofile = "dacs-minimum"\n[accessions."A 1".defaults]\nlanguage = "en"\n'
        )
        source = tmp_path / "gift"
        source.mkdir()
        (source / "one.txt").write_text("1")
        rows = "filename,title,date,description,access\none.txt,One,1918,No extent,open\n"
        (source / "metadata.csv").write_text(rows)
        report = changing("ingest", str(source), "--accession", "A 1")
        found = [each for each in report["findings"] if each["code"] == "PROFILE-MISSING"]
        assert [(each["severity"], each["at"]["field"]) for each in found] == [("warning", "dcterms.extent")]
        row = changing.row("one.txt")
        shown = changing("show", row.reference)
        inherited = [(each["field"], each["source"]) for each in shown["inherited"]]
        assert inherited == [("language", "accession A 1")]
        assert "language" not in shown["description"]

    def test_describe_refuses_what_would_not_keep_the_profile(self, changing: Changing) -> None:
        reference = changing.reference("a.txt")
        report = changing("describe", reference, "--set", "title=x", "--profile", "isad-minimum", code=4)
        (refused,) = report["refused"]
        assert "PROFILE-MISSING" in {each["code"] for each in refused["findings"]}

    def test_a_series_gives_its_parts_what_the_profile_lets_them_inherit(
        self, changing: Changing, tmp_path: Path
    ) -> None:
        changing.configure('[description]\nprofile = "dacs-minimum"\n')
        source = tmp_path / "gift"
        source.mkdir()
        (source / "s.txt").write_text("s")
        (source / "part.txt").write_text("p")
        rows = (
            "filename,reference,title,date,extent,language,description,access,creator,isPartOf\n"
            "s.txt,S,Series,1918,1 box,de,About,open,Ana,\n"
            "part.txt,P,Part,1918,1 leaf,,About,,,S\n"
        )
        (source / "metadata.csv").write_text(rows)
        report = changing("ingest", str(source), "--profile", "dacs-minimum")
        assert report["counts"]["ingested"] == 2
        inherited = {each["field"]: each["source"] for each in changing("show", "P")["inherited"]}
        assert inherited == {"language": "S (Series)", "creator": "S (Series)", "access": "S (Series)"}


def doubling(levels: int) -> dict[str, Any]:
    """A schema of a list, said over so many definitions that each refer twice to the next."""
    last: dict[str, Any] = {"type": "array"}
    twice = {f"d{i}": {"allOf": [{"$ref": f"#/$defs/d{i + 1}"}] * 2} for i in range(levels)}
    return {"$defs": {**twice, f"d{levels}": last}, "properties": {"title": {"$ref": "#/$defs/d0"}}}


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (doubling(40), "more than 100,000 rules"),
        (
            {"$defs": {"a": {"$ref": "#/$defs/a"}}, "properties": {"title": {"$ref": "#/$defs/a"}}},
            "to itself",
        ),
        ({"properties": {"title": {"$ref": "#"}}}, "to itself"),
        ({"properties": {"title": {"$anchor": "here", "items": {"$ref": "#here"}}}}, "to itself"),
        ({"$defs": {f"d{i}": {"$ref": f"#/$defs/d{i + 1}"} for i in range(5000)}}, "levels once"),
    ],
)
def test_a_profile_whose_references_find_no_end_is_refused(schema: dict[str, Any], said: str) -> None:
    parsed = parse_overlay({"allOf": [{"$ref": SCHEMA_ID}], **schema}, name="x", place="x.json")
    assert parsed.profile is None
    assert [finding.code for finding in parsed.findings] == ["PROFILE-FILE"]
    assert said in parsed.findings[0].message


def test_a_profile_may_refer_to_its_own_definitions() -> None:
    parsed = parse_overlay({"allOf": [{"$ref": SCHEMA_ID}], **doubling(8)}, name="x", place="x.json")
    assert parsed.profile is not None
    assert codes(ProfileRules(parsed.profile), description(FULL)) == []


@pytest.mark.parametrize("pattern", ["[[A-Z]ello", "[a&&b]", "[a||b]", "[a~~b]"])
def test_a_pattern_that_python_warns_of_is_a_pattern(pattern: str) -> None:
    rows = [["propertyID", "valueConstraint", "valueConstraintType"], ["dc:title", pattern, "pattern"]]
    made = compile_tap(rows, name="local", place="local.csv")
    assert (made.schema is not None, made.findings) == (True, ())
