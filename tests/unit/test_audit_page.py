"""The page of an audit: the verdict first, and on whose word it rests; no name becomes markup."""

import copy
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from lxml import etree, html

from archive import schemas
from archive.core.findings import At, error, note
from archive.core.ledger.trust import Trust, TrustBasis
from archive.formats.pages.audit import audit_page, wording
from tests.pages import BIDI_OR_CONTROL, HOSTILE, Elements, require_self_contained, seen

ID = "0192aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee"
CHECKPOINT = "valley\n10412\ncm9vdA==\n\n— valley c2lnbmF0dXJl\n"
ARCHIVE = {"name": "Valley Archive", "institution": "", "origin": "valley", "key": "valley+12345678+AAAA"}
ALTERED = error(
    "FIX-ALTERED",
    f"{ID}/data/a.txt",
    "altered: its bytes have another digest than the recorded one",
    expected="9f86" * 32,
    found="2c26" * 32,
    remedy="restore it from a copy",
).to_json()
BAG: dict[str, Any] = {
    "id": ID,
    "reference": "2026-000037",
    "title": "Letter to the board",
    "outcome": "damaged",
    "last_intact": "2026-08-02T03:00:00.000Z",
    "known_since": "2026-10-01T00:00:00.000Z",
    "acknowledged": None,
    "findings": [ALTERED],
}


def report(**changes: Any) -> dict[str, Any]:
    """An audit of 412 intact bags of 10,000; `counts`, `scope` and `trust` are merged, the rest replaced."""
    counts = dict.fromkeys(
        ("damaged", "missing", "unreadable", "unknown", "pending", "withdrawn", "due", "overdue"), 0
    )
    document: dict[str, Any] = {
        "kind": "audit-report",
        "version": 1,
        "run": ID,
        "outcome": "intact",
        "recorded": True,
        "trust": {
            "basis": "self",
            "until": None,
            "size": None,
            "key": ARCHIVE["key"],
            "key_supplied": False,
            "statement": "consistent with itself only",
            "by": [],
        },
        "started": "2026-11-21T09:30:00.123Z",
        "finished": "2026-11-21T10:02:11.000Z",
        "checkpoint": CHECKPOINT,
        "policy": {"every_days": 90},
        "oldest_check": "2026-09-21T04:00:00.000Z",
        "interrupted": False,
        "not_recorded": None,
        "acknowledged": 0,
        "copy": None,
        "place": None,
        "scope": {"held": 10_000, "selected": 412, "checked": 412, "mode": "share"},
        "counts": {"intact": 412, **counts, "files": 3301, "bytes": 4_196_200_123},
        "findings": [],
    }
    for name, value in changes.items():
        document[name] = document[name] | value if name in {"counts", "scope", "trust"} else value
    assert schemas.is_valid("audit-report", {**document, "bags": [BAG]})
    return document


def page(document: dict[str, Any], *bags: dict[str, Any], archive: dict[str, str] | None = None) -> str:
    return "".join(audit_page(document, iter(bags), archive=archive or ARCHIVE))


def hostile() -> str:
    finding = error(
        "FIX-ALTERED",
        HOSTILE,
        HOSTILE,
        at=At(file=HOSTILE, line=3, column=HOSTILE, field=HOSTILE),
        clause=HOSTILE,
        expected=HOSTILE,
        found=HOSTILE,
        remedy=HOSTILE,
    ).to_json()
    bag = {
        **BAG,
        "id": HOSTILE,
        "reference": HOSTILE,
        "title": HOSTILE,
        "path": HOSTILE,
        "findings": [finding],
    }
    document = report(outcome="damaged", counts={"damaged": 1}, scope={"mode": "sample"})
    document["scope"] |= {"seed": HOSTILE, HOSTILE: HOSTILE}
    document |= {
        "checkpoint": HOSTILE,
        "policy": {"every_days": 90, HOSTILE: HOSTILE},
        "agents": [HOSTILE, {"name": HOSTILE}],
        "findings": [finding],
        "copy": HOSTILE,
        "recorded": False,
        "not_recorded": HOSTILE,
    }
    return page(document, bag, archive=dict.fromkeys(ARCHIVE, HOSTILE))


# -- the verdict -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "first", "second"),
    [
        (report(), "Intact", "412 bags of 10,000 were read in full, and all are intact."),
        (
            report(scope={"held": 1, "selected": 1, "checked": 1}, counts={"intact": 1}),
            "Intact",
            "All 1 bag was read in full, and is intact.",
        ),
        (
            report(scope={"held": 0, "selected": 0, "checked": 0}, counts={"intact": 0}),
            "Intact",
            "The archive holds no bags yet; its ledger holds.",
        ),
        (
            report(outcome="damaged", counts={"intact": 410, "damaged": 1, "missing": 1}),
            "Damage found",
            "412 bags of 10,000 were looked at: 410 intact, 1 damaged, 1 missing.",
        ),
        (
            report(outcome="damaged", findings=[ALTERED]),
            "Damage found",
            "412 bags of 10,000 were looked at and found intact, but the archive around them is not.",
        ),
        (
            report(outcome="inconclusive", counts={"intact": 411, "unreadable": 1}),
            "Could not look at everything",
            "412 bags of 10,000 were looked at: 411 intact, 1 not readable.",
        ),
        (
            report(outcome="inconclusive", findings=[ALTERED]),
            "Could not look at everything",
            "412 bags of 10,000 were looked at and found intact, but not everything around them could be",
        ),
        (
            report(outcome="inconclusive", scope={"held": 0, "selected": 0, "checked": 0}),
            "Could not look at everything",
            "No bag was looked at: what the archive holds could not be found out in full.",
        ),
        (
            report(outcome="damaged", scope={"held": 0, "checked": 0}, counts={"unknown": 2}),
            "Damage found",
            "The archive holds no bags yet: 2 unknown to the ledger.",
        ),
        (
            report(outcome="damaged", scope={"held": 0, "checked": 0}, findings=[ALTERED]),
            "Damage found",
            "The archive holds no bags yet, but what lies in it is not intact.",
        ),
        (
            report(outcome="evidence-broken", findings=[ALTERED]),
            "The evidence is broken",
            "The ledger, a proof or a signature does not hold.",
        ),
        (
            report(outcome="nothing-read", counts={"intact": 0}, scope={"checked": 0}),
            "Nothing was read",
            "None of the 10,000 bags held was read.",
        ),
        (
            report(outcome="no-difference-seen", scope={"mode": "quick"}),
            "No difference seen: names and sizes only, not an audit",
            "412 bags of 10,000 were compared by names and sizes.",
        ),
    ],
)
def test_page_opens_with_the_verdict_in_words(document: dict[str, Any], first: str, second: str) -> None:
    basis = wording.trust(document)[0]
    assert seen(page(document)).startswith(f"{first} trust basis: {basis} {second}")


def test_every_outcome_of_the_schema_has_words_of_its_own() -> None:
    outcomes = schemas.load("audit-report")["properties"]["outcome"]["enum"]
    words = {wording.headline(outcome).words for outcome in outcomes}
    assert len(words) == len(outcomes)
    assert not words & set(outcomes)


@pytest.mark.parametrize(
    ("trust", "meaning"),
    [
        (Trust(basis=TrustBasis.SELF), "A self-check: bags, ledger and signature agree"),
        (Trust(basis=TrustBasis.KEY, key_supplied=True), "A self-check: bags, ledger and signature agree"),
        (Trust(basis=TrustBasis.CHECKPOINT, size=3), "Nothing that the ledger recorded up to that"),
        (Trust(basis=TrustBasis.WITNESS, size=3), "Others have signed that they saw this ledger grow"),
        (Trust(basis=TrustBasis.TIMESTAMP, size=3), "A time-stamping service has signed"),
    ],
)
def test_page_says_on_whose_word_the_verdict_rests(trust: Trust, meaning: str) -> None:
    text = seen(page(report(trust=trust.to_json())))
    assert f"On whose word: {trust.statement}. {meaning}" in text


def test_the_first_line_of_the_page_says_it_too() -> None:
    trust = Trust(basis=TrustBasis.CHECKPOINT, size=3, until="2026-01-01T00:00:00.000Z")
    (heading,) = re.findall("<h1>.*</h1>", page(report(trust=trust.to_json())))
    assert f"Intact <small>trust basis: {trust.statement}</small>" in heading


def test_broken_evidence_rests_on_nobodys_word() -> None:
    document = report(
        outcome="evidence-broken",
        findings=[ALTERED],
        trust=Trust(basis=TrustBasis.CHECKPOINT, size=3).to_json(),
    )
    assert f"On whose word: {Trust(basis=TrustBasis.NONE).statement}." in seen(page(document))


def test_only_an_audit_that_read_bytes_says_that_it_proves_bytes() -> None:
    claim = "was read in full between"
    assert claim in seen(page(report()))
    quick = report(outcome="no-difference-seen", scope={"mode": "quick"})
    assert claim not in seen(page(quick))
    broken = report(outcome="evidence-broken", findings=[ALTERED])
    assert claim not in seen(page(broken))


def test_page_says_how_many_bags_it_is_silent_about() -> None:
    assert "Anything about the 9,588 bags that were not looked at." in seen(page(report()))
    whole = report(scope={"held": 412, "mode": "full"})
    assert "not looked at" not in seen(page(whole))


@pytest.mark.parametrize(
    ("overdue", "words"),
    [
        (
            0,
            (
                "The oldest check is of 21 September 2026, 04:00 UTC, 61 days ago;"
                " nothing is overdue: on course."
            ),
        ),
        (2, "The oldest check is of 21 September 2026, 04:00 UTC, 61 days ago; 2 bags are overdue: behind."),
    ],
)
def test_page_sets_what_was_done_against_what_was_promised(overdue: int, words: str) -> None:
    text = seen(page(report(counts={"overdue": overdue})))
    assert f"Every bag is read in full at least every 90 days. {words}" in text


def test_clean_sample_states_the_damage_that_it_would_have_shown() -> None:
    facts = {
        "population": 10_000,
        "at": None,
        "confidence": "95",
        "at_most": "1",
        "bad": 0,
        "bad_at_most": 99,
    }
    scope = {"mode": "sample", "selected": 294, "checked": 294, "sample": facts}
    assert "with 95 % confidence no more than 99 of all 10,000 are not intact" in seen(
        page(report(scope=scope, counts={"intact": 294}))
    )
    assert wording.sample_strength(report(scope={"mode": "share"})) is None
    unfinished = facts | {"bad": None, "bad_at_most": None}
    assert wording.sample_strength(report(scope=scope | {"sample": unfinished})) is None


def test_audit_that_should_have_been_recorded_and_was_not_says_why() -> None:
    document = report(recorded=False) | {"not_recorded": "the disk is full"}
    assert "not in the ledger, though it should be: the disk is full" in seen(page(document))
    assert "not in the ledger, as was asked" in seen(page(report(recorded=False)))


# -- what was found ----------------------------------------------------------------------------------------


def test_damaged_bag_is_named_with_everything_known_of_each_finding() -> None:
    text = seen(page(report(outcome="damaged", counts={"damaged": 1}), BAG))
    assert (
        f"Letter to the board damaged · 2026-000037 · {ID}"
        " Known since 1 October 2026, 00:00 UTC. Last found intact 2 August 2026, 03:00 UTC."
        f" Error FIX-ALTERED {ID}/data/a.txt altered: its bytes have another digest than the recorded one"
        f" expected{'9f86' * 32} found{'2c26' * 32} What to do: restore it from a copy"
    ) in text


def test_damage_that_somebody_took_note_of_is_told_from_news() -> None:
    known = BAG | {"acknowledged": "2026-10-05T00:00:00.000Z"}
    text = seen(page(report(outcome="damaged", counts={"damaged": 1}), known))
    assert "Known since 1 October 2026, 00:00 UTC, acknowledged 5 October 2026, 00:00 UTC." in text


def test_findings_about_the_archive_itself_have_a_section_of_their_own() -> None:
    document = report(findings=[note("LEDGER-BEYOND", "tile", "files beyond the checkpoint: 3").to_json()])
    text = seen(page(document))
    assert "Ledger, catalog and strangers Note LEDGER-BEYOND tile files beyond the checkpoint: 3" in text


def test_place_of_a_finding_has_its_line_column_and_field() -> None:
    finding = error(
        "CAT-WRONG", "holdings.csv", "differs", at=At(line=3, column="C", field="title")
    ).to_json()
    assert "holdings.csv, line 3, column C, field title" in seen(page(report(findings=[finding])))


def test_checkpoint_stands_in_full_line_by_line() -> None:
    notes = html.fromstring(page(report()).encode()).xpath("//section[@aria-labelledby='record']//pre")
    assert isinstance(notes, list)
    assert [element.text for element in notes if isinstance(element, etree._Element)] == [CHECKPOINT]


def test_unknown_bag_without_title_is_named_by_its_folder() -> None:
    bag = BAG | {
        "id": {"text": "a\\xff", "base64": "Yf8="},
        "reference": None,
        "title": None,
        "outcome": "unknown",
    }
    assert "Bags a\\xff unknown to the ledger · a\\xff Error" in seen(
        page(report(outcome="damaged", counts={"unknown": 1}), bag)
    )


# -- safe, self-contained, accessible ----------------------------------------------------------------------


def test_no_value_becomes_markup_or_attribute() -> None:
    innocent = {tag for tag, _ in Elements(page(report(findings=[ALTERED]), BAG)).elements}
    found = Elements(hostile())
    assert {tag for tag, _ in found.elements} <= innocent | {"dl", "dt", "dd"}
    assert not [name for _, attributes in found.elements for name in attributes if name.startswith("on")]


def test_no_value_is_taken_for_a_template() -> None:
    assert "{{ 90001*3 }}" in hostile()
    assert "270003" not in seen(hostile())


def test_nothing_that_moves_a_cursor_or_turns_text_round_survives() -> None:
    text = hostile()
    assert "\\u202e" in text
    assert "\\x1b[2J" in text
    assert "\\x0d\\x0a" in text
    assert "\\xff" in text
    assert not BIDI_OR_CONTROL.search(text)
    text.encode()  # no lone surrogate either


def test_page_fetches_and_runs_nothing_and_its_policy_admits_only_its_style_sheet() -> None:
    for text in (page(report(), BAG), hostile()):
        require_self_contained(text)


@pytest.mark.parametrize("text", [page(report()), page(report(findings=[ALTERED]), BAG, BAG), hostile()])
def test_every_element_is_closed_in_its_place(text: str) -> None:
    elements = Elements(text)
    assert (elements.open, elements.misnested) == ([], [])


def test_page_can_be_read_by_ear() -> None:
    elements = Elements(page(report(findings=[ALTERED]), BAG)).elements
    tags = [tag for tag, _ in elements]
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert tags.count("caption") == tags.count("table") == 1
    assert all(attributes.get("scope") for tag, attributes in elements if tag == "th")
    assert all(attributes.get("aria-hidden") == "true" for tag, attributes in elements if tag == "svg")
    assert elements[0] == ("html", {"lang": "en"})
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    named = [attributes["aria-labelledby"] for _, attributes in elements if "aria-labelledby" in attributes]
    assert sorted(map(str, ids)) == sorted(map(str, named))
    assert len(set(ids)) == len(ids)


def test_page_is_a_function_of_its_arguments() -> None:
    document = report()
    before = copy.deepcopy(document)
    assert page(document, BAG) == page(document, BAG)
    assert document == before


def test_page_streams_bags_as_they_come() -> None:
    taken = 0

    def bags() -> Iterator[dict[str, Any]]:
        nonlocal taken
        for _ in range(3000):
            taken += 1
            yield BAG

    pieces = audit_page(report(outcome="damaged", counts={"damaged": 3000}), bags(), archive=ARCHIVE)
    next(pieces)
    assert taken < 200
    longest = max(map(len, pieces))
    assert taken == 3000
    assert longest < 1 << 17
