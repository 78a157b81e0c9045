"""Self-assessments: every verdict follows from the evidence, and nobody's word outweighs it."""

import json
import re
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.cli.frame import COMMANDS, run
from archive.core.assessment import NDSA, Basis, Evidence, KeptCopy, Verdict, assess
from archive.services.reporting import assessing
from tests.archives import MadeArchive, described, make_archive, overwrite

Printed = pytest.CaptureFixture[str]
NEAR = KeptCopy(
    name="red", medium="USB disk", site="Ana, at home", provider="", is_written=True, is_complete=True
)
FAR = KeptCopy(
    name="blue", medium="tape", site="Town hall", provider="Town", is_written=True, is_complete=True
)
BEST = Evidence(
    is_proven=True,
    trust="witnessed",
    held=10,
    fewest_copies=3,
    copies=(NEAR, FAR),
    copy_runs=2,
    copy_audits=2,
    marks=3,
    every_days=90,
    checked_within=10,
    attested=10,
    overdue=0,
    recorded_audits=5,
    sound_audits=5,
    audits_by_id=1,
    damage_open=0,
    damage_found=1,
    damage_mended=1,
    repairs=1,
    unnamed_entries=0,
    entries=50,
    reviewed="2026-11-01T00:00:00.000Z",
    days_since_review=20,
    has_catalog=True,
    awaiting=0,
    asked=10,
    doubtful=0,
    files=12,
    unidentified_files=0,
    with_brought_digests=4,
    unchecked_for_viruses=0,
)
DECLARED = {criterion.id: f"so it is, {criterion.id}" for criterion in NDSA.criteria}


def said(evidence: Evidence, declared: dict[str, str] | None = None) -> dict[str, Verdict]:
    """The verdict of each criterion."""
    return {
        each.criterion.id: each.answer.verdict
        for cell in assess(NDSA, evidence, declared or {}).cells
        for each in cell.criteria
    }


def test_the_matrix_has_five_areas_of_four_levels() -> None:
    cells = [cell.id for cell in assess(NDSA, BEST, {}).cells]
    assert cells == [f"{area}-{level}" for area, _ in NDSA.areas for level in range(1, 5)]
    assert len({criterion.id for criterion in NDSA.criteria}) == len(NDSA.criteria) == 38


def test_the_best_archive_meets_whatever_evidence_can_show() -> None:
    verdicts = said(BEST)
    assert Verdict.NOT_MET not in verdicts.values()
    assert {name for name, verdict in verdicts.items() if verdict is Verdict.UNKNOWN} == {
        "storage-1c",
        "storage-2b",
        "storage-3a",
        "storage-3c",
        "storage-4a",
        "storage-4b",
        "storage-4c",
        "integrity-2b",
        "control-1a",
        "control-2a",
        "content-2a",
        "content-2b",
        "content-3a",
        "content-4a",
    }


@pytest.mark.parametrize(
    ("change", "criteria"),
    [
        ({"fewest_copies": 2}, {"storage-2a", "storage-4a", "storage-4b"}),
        ({"fewest_copies": 1}, {"storage-1a", "storage-2a", "storage-4a", "storage-4b"}),
        ({"copies": (replace(NEAR, medium=""), FAR)}, {"storage-1b"}),
        ({"unchecked_for_viruses": 1}, {"integrity-1c"}),
        ({"overdue": 1}, {"integrity-3a"}),
        ({"sound_audits": 4}, {"integrity-3b"}),
        ({"recorded_audits": 0, "sound_audits": 0}, {"integrity-3a", "integrity-3b", "integrity-3c"}),
        ({"damage_open": 1}, {"integrity-4b"}),
        ({"audits_by_id": 0, "copy_runs": 0, "copy_audits": 0, "repairs": 0}, {"integrity-4a"}),
        ({"unnamed_entries": 1}, {"control-3a"}),
        ({"reviewed": None, "days_since_review": None}, {"control-4a"}),
        ({"days_since_review": 367}, {"control-4a"}),
        ({"has_catalog": False}, {"metadata-1a"}),
        ({"awaiting": 1}, {"metadata-2a", "metadata-3b", "metadata-4b"}),
        ({"doubtful": 1}, {"metadata-4b"}),
        ({"unidentified_files": 1}, {"content-1a"}),
        (
            {"copies": (), "marks": 0, "fewest_copies": 1, "copy_runs": 0},
            {
                "storage-1a",
                "storage-1b",
                "storage-2a",
                "storage-3b",
                "storage-4a",
                "storage-4b",
                "integrity-2c",
                "metadata-1b",
            },
        ),
    ],
    ids=lambda value: ",".join(sorted(value)) if isinstance(value, dict) else "",
)
def test_one_lack_is_not_met_where_it_belongs_and_nowhere_else(
    change: dict[str, Any], criteria: set[str]
) -> None:
    lacking = {name for name, verdict in said(replace(BEST, **change)).items() if verdict is Verdict.NOT_MET}
    assert lacking == criteria


def test_places_that_are_not_named_leave_it_unknown() -> None:
    silent = replace(BEST, copies=(replace(NEAR, site=""), replace(FAR, site="")))
    assert said(silent)["storage-1a"] is said(silent)["storage-2a"] is Verdict.UNKNOWN


def test_two_copies_in_one_place_are_no_other_region() -> None:
    together = replace(BEST, copies=(NEAR, replace(FAR, site=NEAR.site)))
    assert (said(together)["storage-1a"], said(together)["storage-2a"]) == (Verdict.MET, Verdict.UNKNOWN)


def test_could_not_look_is_never_met() -> None:
    verdicts = said(replace(BEST, doubtful=1))
    assert {verdicts[name] for name in ("integrity-1a", "integrity-1c", "content-1a")} == {Verdict.UNKNOWN}


@pytest.mark.parametrize("change", [{"is_proven": False}, {"held": 0}])
def test_without_a_ledger_that_holds_or_anything_held_nothing_is_known(change: dict[str, Any]) -> None:
    assert set(said(replace(BEST, **change), DECLARED).values()) == {Verdict.UNKNOWN}


def test_a_declaration_fills_what_cannot_be_known_and_is_marked() -> None:
    assessment = assess(NDSA, BEST, DECLARED)
    answers = {each.criterion.id: each.answer for cell in assessment.cells for each in cell.criteria}
    assert {answer.verdict for answer in answers.values()} == {Verdict.MET}
    assert answers["storage-1c"].basis is Basis.DECLARED
    assert answers["integrity-3a"].basis is Basis.EVIDENCE
    assert [assessment.reached(area) for area, _ in NDSA.areas] == [4] * 5
    (stable,) = [cell for cell in assessment.cells if cell.id == "content-4"]
    assert stable.is_declared


def test_what_the_evidence_contradicts_stays_not_met_whatever_is_declared() -> None:
    worst = replace(
        BEST, fewest_copies=1, overdue=3, damage_open=1, awaiting=2, unidentified_files=1, reviewed=None
    )
    lacking = {name for name, verdict in said(worst).items() if verdict is Verdict.NOT_MET}
    assert lacking <= {name for name, verdict in said(worst, DECLARED).items() if verdict is Verdict.NOT_MET}


def test_a_level_counts_only_on_the_levels_below_it() -> None:
    assessment = assess(NDSA, replace(BEST, awaiting=1), DECLARED)
    assert assessment.reached("metadata") == 1
    assert assess(NDSA, replace(BEST, has_catalog=False), DECLARED).reached("metadata") == 0


def test_a_declaration_of_nothing_is_named_and_an_empty_one_is_none() -> None:
    assessment = assess(NDSA, BEST, {"storage-9z": "x", "storage-1c": "  "})
    assert assessment.strange == ("storage-9z",)
    assert said(BEST, {"storage-1c": "  "})["storage-1c"] is Verdict.UNKNOWN


COUNTS = [field.name for field in fields(Evidence) if field.type is int and field.name != "every_days"]


@given(changes=st.dictionaries(st.sampled_from(COUNTS), st.integers(0, 30)), proven=st.booleans())
def test_whatever_is_not_met_says_what_to_do_and_whatever_is_met_what_shows_it(
    changes: dict[str, int], proven: bool
) -> None:
    change: dict[str, Any] = {**changes, "is_proven": proven}
    for cell in assess(NDSA, replace(BEST, **change), {}).cells:
        for each in cell.criteria:
            answer = each.answer
            assert answer.missing if answer.verdict is Verdict.NOT_MET else True
            assert answer.proof if answer.verdict is Verdict.MET else True
            assert (answer.basis is Basis.NONE) is (answer.verdict is Verdict.UNKNOWN)


def test_every_command_that_an_answer_names_exists() -> None:
    known = {name for group in COMMANDS.values() for name in group}
    nothing: dict[str, Any] = {**dict.fromkeys(COUNTS, 0), "held": 1, "copies": (), "reviewed": None}
    for evidence in (BEST, replace(BEST, **nothing)):
        for cell in assess(NDSA, evidence, {}).cells:
            for each in cell.criteria:
                told = " ".join((*each.answer.proof, each.answer.missing))
                assert set(re.findall(r"\barchive ([a-z]+)\b", told)) <= known


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """An archive with one described document."""
    archive = make_archive(tmp_path, monkeypatch)
    archive.ingest({"a.txt": b"one", "a.txt.dc.json": described("A letter")}, identify=True)
    return archive


def assessed(made: MadeArchive, printed: Printed, *arguments: str, code: int = 0) -> dict[str, Any]:
    """The criteria of `archive assess ndsa` by their ids, with the whole report under an empty one."""
    printed.readouterr()
    assert run(["-C", str(made.root), "assess", "ndsa", *arguments, "--format", "json"]) == code
    report = json.loads(printed.readouterr().out)
    return {"": report, **{each["id"]: each for cell in report["cells"] for each in cell["criteria"]}}


def test_an_audit_a_copy_and_a_declaration_change_what_is_said(
    made: MadeArchive, capsys: Printed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = assessed(made, capsys)
    assert run(["-q", "-C", str(made.root), "audit"]) == 0
    place = ["--medium", "USB disk", "--site", "Ana, at home"]
    assert run(["-q", "-C", str(made.root), "copy", "--to", str(tmp_path / "red"), *place]) == 0
    settings = made.opened.layout.settings
    settings.write_text(settings.read_text() + '\n[declared.ndsa]\n"storage-1c" = "two mirrored disks"\n')
    beside = assessed(made, capsys)["storage-1a"]
    assert beside["verdict"] == "not met"
    assert "red lies on the disk of the archive" in str(beside)
    monkeypatch.setattr(assessing, "same_disks", lambda _: {})  # the test's disk is one
    after = assessed(made, capsys)
    changed = {name for name in before if name and before[name]["verdict"] != after[name]["verdict"]}
    assert changed == {
        "storage-1a",
        "storage-1b",
        "storage-1c",
        "storage-3b",
        "integrity-2c",
        "integrity-3a",
        "integrity-3b",
        "integrity-3c",
        "integrity-4a",
        "integrity-4b",
        "metadata-1b",
    }
    assert (after["storage-1c"]["basis"], after["integrity-3a"]["basis"]) == ("declared", "evidence")
    assert "two mirrored disks" in after["storage-1c"]["proof"][-1]


def test_damage_is_not_hidden_by_a_declaration(made: MadeArchive, capsys: Printed) -> None:
    overwrite(made.bag("2026-000001") / "data" / "a.txt", b"ONE")
    assert run(["-q", "-C", str(made.root), "audit"]) == 1
    settings = made.opened.layout.settings
    settings.write_text(settings.read_text() + '\n[declared.ndsa]\n"integrity-4b" = "all is well"\n')
    assert assessed(made, capsys)["integrity-4b"]["verdict"] == "not met"


def test_a_strange_declaration_is_named_and_a_wrong_one_refused(made: MadeArchive, capsys: Printed) -> None:
    settings = made.opened.layout.settings
    text = settings.read_text()
    settings.write_text(text + '\n[declared.ndsa]\n"storage-9z" = "x"\n')
    assert "ASSESSMENT-DECLARED" in [each["code"] for each in assessed(made, capsys)[""]["findings"]]
    settings.write_text(text + '\n[declared.ndsa]\n"storage-1c" = 1\n')
    assert run(["-C", str(made.root), "assess", "ndsa"]) == 2


def test_the_page_shows_every_cell_and_escapes_what_is_declared(
    made: MadeArchive, capsys: Printed, tmp_path: Path
) -> None:
    settings = made.opened.layout.settings
    settings.write_text(settings.read_text() + '\n[declared.ndsa]\n"storage-1c" = "<script>x</script>"\n')
    target = tmp_path / "ndsa.html"
    report = assessed(made, capsys, "--to", str(target))[""]
    page = target.read_text("utf-8")
    assert all(f'id="{cell["id"]}"' in page for cell in report["cells"])
    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert not re.search(r"<script|<link|<img|\bsrc=|@import|url\(|\bon[a-z]+=|style=", page)


def test_people_see_the_matrix(made: MadeArchive, capsys: Printed) -> None:
    assert run(["-C", str(made.root), "assess", "ndsa"]) == 0
    printed = capsys.readouterr().out
    assert re.search(r"Content +✓ +\? +\? +\? +level 1", printed)
    assert "[declared.ndsa]" in printed


def test_copies_on_the_archives_own_disk_are_no_second_place() -> None:
    beside = replace(NEAR, on_disk_of="the archive")
    assert said(replace(BEST, fewest_copies=2, copies=(NEAR,)))["storage-1a"] is Verdict.MET
    assert said(replace(BEST, fewest_copies=2, copies=(beside,)))["storage-1a"] is Verdict.NOT_MET
    assert said(replace(BEST, copies=(beside, FAR)))["storage-1a"] is Verdict.MET
    assert said(replace(BEST, copies=(beside, FAR)))["storage-2a"] is Verdict.NOT_MET
