"""Each damage is one incident: from the audit that found it to the one that finds it no more."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from archive.cli.audits.incidents import incident_lines
from archive.core.incidents import Damage, closed_by, damages, incident_id
from archive.services.incidents.listing import ToldIncident
from archive.storage.index.incidents import Incident
from tests.archives import MadeArchive, overwrite
from tests.changes import Changing, make_changing


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Changing:
    make_changing(tmp_path)
    monkeypatch.setenv("ARCHIVE_KEY_DIR", str(tmp_path / "keys"))
    shutil.copytree(tmp_path / "archive", tmp_path / "copy", symlinks=True)
    return Changing(MadeArchive(tmp_path), capsys)


def spoil(archive: Changing, source: str = "a.txt", content: bytes = b"bad") -> None:
    overwrite(archive.bag(source) / "data" / source, content)


def told(archive: Changing, *words: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = archive("incidents", *words)["incidents"]
    return listed


def repair(archive: Changing) -> None:
    archive("repair", "--from", str(archive.root.parent / "copy"), "--reason", "a worn disk")


def test_the_same_damage_next_week_is_known_and_no_new_incident(archive: Changing) -> None:
    spoil(archive)
    first = archive("audit", code=1)
    second = archive("audit", code=1)
    (one,) = told(archive)
    assert (one["opened"]["run"], one["last_seen"]["run"]) == (first["run"], second["run"])
    assert (one["state"], one["code"], one["place"]) == ("open", "FIX-ALTERED", "data/a.txt")
    assert second["bags"][0]["known_since"] == one["opened"]["time"]


def test_damage_of_two_files_is_two_incidents(archive: Changing) -> None:
    spoil(archive)
    overwrite(archive.bag("a.txt") / "bag-info.txt", b"bad")
    spoil(archive, "b.txt")
    archive("audit", code=1)
    assert len(told(archive)) == 3


def test_an_incident_is_repaired_and_then_closed_by_the_next_audit(archive: Changing) -> None:
    spoil(archive)
    archive("audit", code=1)
    repair(archive)
    (one,) = told(archive)
    assert (one["state"], one["cause"], one["closed"]) == ("repaired", "a worn disk", None)
    assert one["repaired"]["by"] == "Ana Example"
    entry = json.loads(list(archive.made.opened.ledger.entries())[one["repaired"]["entry"]])
    assert entry["type"] == "repaired"
    run = archive("audit")["run"]
    assert told(archive) == []
    (one,) = told(archive, "--all")
    assert (one["state"], one["closed"]["run"]) == ("closed", run)


def test_damage_that_comes_back_is_a_new_incident(archive: Changing) -> None:
    spoil(archive)
    archive("audit", code=1)
    repair(archive)
    spoil(archive)
    archive("audit", code=1)
    states = [one["state"] for one in told(archive, "--all")]
    assert states == ["closed", "open"]


def test_acknowledged_damage_is_damage_and_told_apart(archive: Changing) -> None:
    spoil(archive)
    report = archive("audit", "--acknowledge", "the cellar was flooded", code=1)
    assert (report["acknowledged"], report["bags"][0]["acknowledged"] is not None) == (1, True)
    (one,) = told(archive)
    assert (one["cause"], one["acknowledged"]["by"]) == ("the cellar was flooded", "Ana Example")
    again = archive("audit", code=1)
    assert again["bags"][0]["acknowledged"] == one["acknowledged"]["time"]
    overwrite(archive.bag("a.txt") / "bag-info.txt", b"bad")
    third = archive("audit", code=1)
    assert third["bags"][0]["acknowledged"] is None  # some of it is news
    assert archive("incidents")["counts"]["unacknowledged"] == 1


def test_incidents_are_acknowledged_by_id_or_document_without_an_audit(archive: Changing) -> None:
    for source in ("a.txt", "b.txt"):
        spoil(archive, source)
    archive("audit", code=1)
    (first,) = [one for one in told(archive) if one["place"] == "data/a.txt"]
    archive("incidents", first["id"][-8:], "--acknowledge", "known")
    archive("incidents", archive.reference("b.txt"), "--acknowledge", "known, too")
    causes = {one["place"]: one["cause"] for one in told(archive)}
    assert causes == {"data/a.txt": "known", "data/b.txt": "known, too"}
    raw = list(archive.made.opened.ledger.entries())[-1]
    assert b"known" not in raw
    assert b"b.txt" not in raw
    assert archive.audit(code=1)


def test_damage_of_the_archive_itself_is_an_incident_too(archive: Changing) -> None:
    overwrite(archive.root / "catalog.json", b"{}")
    archive("audit", code=1)
    (one,) = told(archive)
    assert (one["document"], one["code"]) == (None, "CATALOG-ALTERED")
    archive("catalog", "rebuild")
    archive("audit", archive.reference("a.txt"))
    assert len(told(archive)) == 1  # not all was looked at
    archive("audit")
    assert told(archive) == []


def test_a_withdrawal_closes_what_was_open_and_a_disposal_forgets_it(archive: Changing) -> None:
    spoil(archive)
    archive("audit", code=1)
    reference = archive.reference("a.txt")
    archive("withdraw", reference, "--reason", "x", "--yes")
    (one,) = told(archive, "--all")
    assert (one["state"], one["closed"]["run"]) == ("closed", None)
    archive("dispose", reference, "--authority", "x", "--yes")
    assert told(archive, "--all") == []


def test_a_rebuilt_index_gives_the_same_incidents(archive: Changing) -> None:
    spoil(archive)
    archive("audit", "--acknowledge", "x", code=1)
    repair(archive)
    archive("audit")
    before = archive("incidents", "--all")
    archive("catalog", "rebuild")
    assert archive("incidents", "--all") == before


def test_text_for_people_names_what_to_do(archive: Changing) -> None:
    assert "No damage is known" in archive.text("incidents")
    spoil(archive)
    archive("audit", code=1)
    assert "not acknowledged" in archive.text("incidents")
    assert "found first" in archive.text("incidents", archive.reference("a.txt"))


def test_each_state_is_told_with_the_day_on_which_it_began() -> None:
    times = {"opened": "2026-01-01", "acknowledged": "2026-01-02", "repaired": "2026-02-01", "closed": ""}
    facts = dict.fromkeys(Incident._fields, "") | {"place": '"data/a.txt"', "id": "1" * 32}
    incident = Incident(**(facts | {"repair": 0, "acknowledgement": 0} | times))  # type: ignore[arg-type]

    def line(one: Incident) -> str:
        told = ToldIncident(incident=one, reference="2026-000001", title=None)
        return incident_lines(told, in_full=False)[0].rpartition("data/a.txt")[2].strip()

    assert line(incident._replace(repaired="")) == "open since 2026-01-01"
    assert line(incident) == "repaired since 2026-02-01"
    assert line(incident._replace(closed="2026-03-01")) == "closed since 2026-03-01"


def test_what_could_not_be_read_is_no_damage() -> None:
    found = [
        {"code": "FIX-UNREADABLE", "severity": "warning", "place": "a"},
        {"code": "NOTE-UNREADABLE", "severity": "error", "place": "a"},
        {"code": "AUDIT-NOT-RECORDED", "severity": "error", "place": "ledger"},
        {"code": "FIX-ALTERED", "severity": "error", "place": "a"},
        {"code": "FIX-ALTERED", "severity": "error", "place": "a"},
        {"code": "FIX-ALTERED", "severity": "error", "place": {"text": "b", "base64": "/w=="}},
        "nonsense",
    ]
    assert [one.place for one in damages(found)] == ['"a"', '{"base64": "/w==", "text": "b"}']


def test_a_bag_that_is_gone_closes_nothing_and_an_intact_one_everything() -> None:
    one, gone = Damage("FIX-ALTERED", '"a"'), Damage("FIX-BAG-MISSING", '"bags"')
    assert closed_by([gone], [(one, True)], intact=False) == []
    assert closed_by([], [(one, False)], intact=True) == [one]
    assert closed_by([Damage("FIX-ALTERED", '"b"')], [(one, False)], intact=False) == []
    assert closed_by([Damage("FIX-ALTERED", '"b"')], [(one, True)], intact=False) == [one]


def test_the_id_of_an_incident_cannot_be_guessed_without_the_salt() -> None:
    damage = Damage("FIX-ALTERED", '"a"')
    assert incident_id("s", "r", "b", damage) == incident_id("s", "r", "b", damage)
    assert incident_id("t", "r", "b", damage) != incident_id("s", "r", "b", damage)
