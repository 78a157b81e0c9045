"""The page of a document: how it stands and on whose word, timeline and checks; no name becomes markup."""

import itertools
import re
from itertools import pairwise
from typing import Any

import pytest
from lxml import etree, html

from archive import schemas
from archive.core.ledger.trust import Trust, TrustBasis
from archive.formats.pages.document import document_page
from archive.formats.pages.document.life_line import LEFT, WIDTH, life_line
from archive.formats.pages.document.wording import label
from tests.pages import BIDI_OR_CONTROL, HOSTILE, Elements, require_self_contained, seen

ID = "0192aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee"
INGESTED = "2024-03-01T09:30:00.000Z"
MADE = "2026-11-21T09:30:00.000Z"
ARCHIVE = {
    "name": "Valley Archive",
    "institution": "Society",
    "contact": "",
    "origin": "valley",
    "key": "valley+12345678+AAAA",
}
_TEXTS = ("id", "reference", "title", "creator", "date", "source", "accession")
SOFTWARE = {"id": "document-archive-1", "kind": "software", "name": "document-archive", "version": "1"}


def event(kind: str, index: int, time: str, text: str, **more: Any) -> dict[str, Any]:
    made = {
        "index": index,
        "last": index,
        "count": 1,
        "time": time,
        "type": kind,
        "event_type": None,
        "run": ID,
        "bag": ID,
        "reference": "2024-000001",
        "text": text,
        "outcome": None,
        "reason": None,
        "authority": None,
        "agents": [{"id": "agent-1", "kind": "person", "name": "Ana", "version": None}, SOFTWARE],
        **more,
    }
    assert schemas.is_valid("history-event", made)
    return made


def check(outcome: str, index: int, time: str, *, attested: bool = False) -> dict[str, Any]:
    return {**event("audit finished", index, time, f"Self-check: {outcome}", outcome=outcome)} | {
        "attested": attested
    }


def document(**changes: Any) -> dict[str, Any]:
    """A letter of one file, described anew once."""
    found: dict[str, Any] = {
        "kind": "document",
        "version": 1,
        "id": ID,
        "reference": "2024-000001",
        "title": "A letter",
        "creator": "Ana",
        "date": "1919",
        "path": f"bags/ee/{ID}",
        "source": "letters/a.txt",
        "accession": None,
        "run": ID,
        "files": [
            {
                "path": "data/a.txt",
                "original": "a.txt",
                "bytes": 3,
                "sha512": "ab" * 64,
                "formats": ["x-fmt/111"],
            }
        ],
        "bytes": 3,
        "ingested": INGESTED,
        "description_awaited": False,
        "access": "not stated",
        "inherited": [],
        "revision": 2,
        "state": "held",
        "last_checked": None,
        "last_intact": None,
        "last_outcome": None,
        "description": {
            "schema": "dublin-core/1",
            "title": ["A letter", {"value": "Ein Brief", "lang": "de"}],
            "rights": ["Free to use"],
            "dateAccepted": [{"value": "1919", "scheme": "EDTF", "uri": "urn:x"}],
            "other": {"box": ["3"]},
        },
        "ledger": {"entry": 2, "v": 1, "type": "ingestion", "time": INGESTED, "files": 1},
        "events": [
            {"id": "e", "type": "ingestion", "time": INGESTED, "outcome": "success", "details": ["run: r"]}
        ],
        "agents": [],
        "timeline": [
            event("ingestion", 2, INGESTED, "Taken in: 1 file, 3 bytes", event_type="ingestion"),
            event("description changed", 9, "2025-01-01T00:00:00.000Z", "Described anew", reason="a\nb"),
        ],
        "earlier": [
            {"revision": 1, "description": {"schema": "dublin-core/1", "title": ["Lettre"], "date": ["1918"]}}
        ],
        "later": [{"v": 1, "type": "description changed", "time": "2025-01-01T00:00:00.000Z", "revision": 2}],
        "copies": {"good": 1, "places": []},
        "twins": [],
        "findings": [],
        **changes,
    }
    assert schemas.explain("document", found) == []
    return found


def evidence(**changes: Any) -> dict[str, Any]:
    return {
        "outcome": "proven",
        "trust": Trust(basis=TrustBasis.SELF, key=ARCHIVE["key"]).to_json(),
        "checks": (),
        "entry": '{"type":"ingestion"}',
        "note": "valley\n12\ncm9vdA==\n\n— valley c2ln\n",
        **changes,
    }


def page(shown: dict[str, Any], about: dict[str, Any] | None = None, **archive: str) -> str:
    return "".join(document_page(shown, about or evidence(), {**ARCHIVE, **archive}, made=MADE))


def hostile() -> str:
    """Every text that somebody can write is hostile."""
    bad = event(HOSTILE, 3, INGESTED, HOSTILE, reason=HOSTILE, authority=HOSTILE, outcome=HOSTILE)
    bad["agents"] = [{"id": HOSTILE, "kind": "person", "name": HOSTILE, "version": HOSTILE}]
    described = {
        "title": [{"value": HOSTILE, "lang": HOSTILE, "scheme": HOSTILE, "uri": HOSTILE}],
        "rights": [HOSTILE],
        "other": {HOSTILE: [HOSTILE]},
    }
    shown = document() | dict.fromkeys(
        ("id", "reference", "title", "creator", "date", "source", "accession"), HOSTILE
    )
    shown |= {
        "description": described,
        "earlier": [{"revision": 1, "description": {**described, "date": [HOSTILE]}}],
        "twins": [HOSTILE],
        "timeline": [bad, bad],
        "events": [
            {"id": HOSTILE, "type": HOSTILE, "time": HOSTILE, "outcome": HOSTILE, "details": [HOSTILE]}
        ],
        "files": [
            {"path": HOSTILE, "original": HOSTILE, "bytes": 1, "sha512": HOSTILE, "formats": [HOSTILE]}
        ],
        "findings": [{"code": "X", "severity": HOSTILE, "place": HOSTILE, "message": HOSTILE}],
        "path": HOSTILE,
    }
    found = check(HOSTILE, 4, INGESTED)
    about = evidence(entry=HOSTILE, note=HOSTILE, checks=(found, {**found, "time": HOSTILE}))
    return page(shown, about, **dict.fromkeys(ARCHIVE, HOSTILE))


class TestHead:
    @pytest.mark.parametrize(
        ("changes", "about", "words"),
        [
            ({}, {}, "Held, not audited yet"),
            ({}, {"checks": (check("intact", 5, INGESTED),)}, "Held, intact when last read"),
            (
                {},
                {"checks": (check("intact", 5, INGESTED), check("damaged", 7, MADE))},
                "Held, damaged when last read",
            ),
            (
                {},
                {"checks": (check("damaged", 5, INGESTED), check("unreadable", 7, MADE))},
                "Held, damaged when last read",
            ),
            (
                {},
                {"checks": (check("intact", 5, INGESTED), check("unreadable", 7, MADE))},
                "Held, could not be read when last looked at",
            ),
            ({}, {"outcome": "broken"}, "The evidence is broken"),
            ({}, {"outcome": "unreadable"}, "Not all could be read"),
            ({"state": "withdrawn"}, {}, "Withdrawn: not held any more"),
            ({"state": "disposed", "description": None, "path": None}, {}, "Disposed of: destroyed"),
            ({"description": None}, {}, "Held, but not as it was recorded"),
        ],
    )
    def test_says_how_the_document_stands(
        self, changes: dict[str, Any], about: dict[str, Any], words: str
    ) -> None:
        assert seen(page(document(**changes), evidence(**about))).startswith(f"A letter {words} ")

    def test_broken_evidence_outweighs_an_intact_check(self) -> None:
        about = evidence(outcome="broken", checks=(check("intact", 5, INGESTED),))
        assert "A letter The evidence is broken" in seen(page(document(), about))

    @pytest.mark.parametrize("basis", list(TrustBasis))
    def test_says_on_whose_word_it_rests(self, basis: TrustBasis) -> None:
        trust = Trust(basis=basis, size=3, until="2026-01-01T00:00:00.000Z")
        text = seen(page(document(), evidence(trust=trust.to_json())))
        assert f"On whose word: {trust.statement}. " in text
        doubted = basis in {TrustBasis.NONE, TrustBasis.SELF, TrustBasis.KEY}
        assert ("That nobody with the signing key made up all of it" in text) == doubted


class TestDescription:
    def test_has_every_value_with_its_language_scheme_and_iri(self) -> None:
        text = page(document())
        assert '<bdi lang="de">Ein Brief</bdi> <span class="lang">[de]</span>' in text
        assert "Date accepted 1919 (EDTF)urn:x box 3" in seen(text)

    def test_shows_of_an_earlier_version_what_the_next_one_changed(self) -> None:
        assert (
            "Version 1, from 1 March 2024 to 1 January 2025 It said, where the next version differs:"
            " Title Lettre Date 1918 It did not have: Date accepted, Rights, box." in seen(page(document()))
        )

    def test_a_text_of_several_lines_keeps_them(self) -> None:
        assert "<bdi>a<br>b</bdi>" in page(document())

    @pytest.mark.parametrize(("term", "words"), [("title", "Title"), ("accessRights", "Access rights")])
    def test_terms_are_named_in_words(self, term: str, words: str) -> None:
        assert label(term) == words


class TestTimeline:
    def test_has_the_events_in_order_with_entry_person_and_program(self) -> None:
        text = seen(page(document()))
        assert (
            "1 March 2024, 09:30 UTC · entry 2 of the ledger · ingestion Taken in: 1 file, 3 bytes"
            " By Ana, with document-archive 1 1 January 2025, 00:00 UTC · entry 9 of the ledger"
            " Described anew Because: ab By Ana, with document-archive 1" in text
        )

    def test_is_drawn_with_a_point_for_each_event_and_a_stroke_for_each_check(self) -> None:
        checks = (check("intact", 5, "2024-06-01T00:00:00.000Z"), check("damaged", 7, MADE))
        drawing = html.fromstring(page(document(), evidence(checks=checks)).encode()).find(".//svg[@role]")
        assert isinstance(drawing, etree._Element)
        assert drawing.get("aria-label")
        assert len(drawing.findall("circle")) == 2
        strokes = [each.get("class") for each in drawing.findall("path") if each.find("title") is not None]
        assert strokes == ["tick good", "tick bad"]

    def test_the_end_of_a_disposed_document_is_its_disposal(self) -> None:
        gone = event("disposal", 12, "2025-06-01T00:00:00.000Z", "Disposed of", authority="the board")
        shown = document(state="disposed", description=None, path=None, earlier=[], files=[])
        shown["timeline"].append(gone)
        assert "from 1 March 2024 to 1 June 2025" in page(shown)
        assert "On the authority of: the board" in seen(page(shown))


class TestChecks:
    def test_counts_what_a_mark_from_outside_attests(self) -> None:
        trust = Trust(basis=TrustBasis.WITNESS, size=6, until="2025-01-02T00:00:00.000Z", by=("w",))
        checks = (
            check("intact", 5, INGESTED, attested=True),
            check("unreadable", 7, MADE),
            check("intact", 8, MADE),
        )
        text = seen(page(document(), evidence(trust=trust.to_json(), checks=checks)))
        assert (
            "3 times since its ingest an audit looked at it; 2 found it intact. 1 of 3 were on record" in text
        )
        assert re.findall("intact(yes|no: claimed)", text) == ["yes", "no: claimed"]

    def test_says_that_none_is_attested_where_nothing_was_brought(self) -> None:
        text = seen(page(document(), evidence(checks=(check("intact", 5, INGESTED),))))
        assert "Once since its ingest an audit looked at it; 1 found it intact. None is attested" in text


class TestLifeLine:
    def test_everything_lies_between_its_ends_in_the_order_of_time(self) -> None:
        events = [
            {"time": f"20{year}-05-01T00:00:00.000Z", "tone": "none", "text": "x"} for year in range(60)
        ]
        line = life_line(events, [check("intact", 1, MADE)], "2070-01-01T00:00:00.000Z")
        assert line is not None
        places = [point.x for point in line.points]
        assert places == sorted(places)
        assert places[0] == LEFT
        for row in (line.points, line.ticks, line.years):
            assert all(LEFT <= x <= WIDTH - LEFT for x, *_ in row)
        assert len(line.years) <= 8

    def test_of_checks_on_one_place_the_worst_is_seen_and_attested_only_if_all_are(self) -> None:
        events = [{"time": INGESTED, "tone": "none", "text": "x"}]
        pairs = itertools.permutations([check("intact", 1, MADE, attested=True), check("damaged", 2, MADE)])
        for checks in pairs:
            line = life_line(events, checks, MADE)
            assert line is not None
            assert [(tick.tone, tick.attested) for tick in line.ticks] == [("bad", False)]

    def test_ten_thousand_checks_are_no_more_ticks_than_places(self) -> None:
        events = [{"time": INGESTED, "tone": "none", "text": "x"}]
        checks = [
            {"time": f"2025-{1 + day % 12:02}-{1 + day % 28:02}T{day % 24:02}:00:00Z", "outcome": "intact"}
            | {"attested": True}
            for day in range(10_000)
        ]
        line = life_line(events, checks, MADE)
        assert line is not None
        assert len(line.ticks) <= WIDTH

    @pytest.mark.parametrize("time", ["", "yesterday", "2024-03-01T09:30:00", "9999-99-99T00:00:00Z"])
    def test_a_time_that_cannot_be_read_draws_nothing(self, time: str) -> None:
        assert life_line([{"time": time, "tone": "none", "text": "x"}], [], MADE) is None


class TestSafety:
    def test_no_value_becomes_markup(self) -> None:
        known = document(
            findings=[{"code": "CATALOG-BAG-DOUBTFUL", "severity": "error", "place": "p", "message": "m"}]
        )
        about = evidence(checks=(check("intact", 5, INGESTED),))
        innocent = {tag for tag, _ in Elements(page(known, about)).elements}
        assert {tag for tag, _ in Elements(hostile()).elements} <= innocent
        assert "270003" not in seen(hostile())

    def test_nothing_that_turns_text_round_survives(self) -> None:
        assert not BIDI_OR_CONTROL.search(hostile())
        hostile().encode()

    @pytest.mark.parametrize("text", [page(document()), hostile()], ids=["innocent", "hostile"])
    def test_page_is_self_contained_and_well_nested(self, text: str) -> None:
        require_self_contained(text)
        elements = Elements(text)
        assert (elements.open, elements.misnested) == ([], [])

    def test_page_can_be_read_by_ear(self) -> None:
        elements = Elements(page(document(), evidence(checks=(check("intact", 5, INGESTED),)))).elements
        tags = [tag for tag, _ in elements]
        levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        assert tags.count("caption") == tags.count("table") == 2
        drawings = [attributes for tag, attributes in elements if tag == "svg"]
        assert all(one.get("aria-hidden") or (one.get("role"), one.get("aria-label")) for one in drawings)
        ids = sorted(str(one["id"]) for _, one in elements if "id" in one)
        assert ids == sorted(str(one["aria-labelledby"]) for _, one in elements if "aria-labelledby" in one)
        assert len(set(ids)) == len(ids)
