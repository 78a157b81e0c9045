"""The rule that findings go by is said of a group of them, where they all go by one."""

import json
from pathlib import Path

import pytest

from archive import schemas
from archive.cli.frame import run
from archive.core.finding_groups import FindingGroups
from archive.core.findings import At, error

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def words(tmp_path: Path) -> tuple[str, ...]:
    """The check of five rows that lack what a profile asks for."""
    (tmp_path / "stick").mkdir()
    rows = ["filename,title"]
    for number in range(5):
        (tmp_path / f"stick/{number}.txt").write_bytes(f"{number}".encode())
        rows.append(f"{number}.txt,Letter {number}")
    (tmp_path / "t.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    given = ("check", str(tmp_path / "stick"), "--metadata", str(tmp_path / "t.csv"))
    return (*given, "--profile", "isad-minimum")


def test_a_group_of_one_profile_names_it(words: tuple[str, ...], capsys: Printed, tmp_path: Path) -> None:
    page = tmp_path / "survey.html"
    assert run([*words, "--format", "json", "--report", str(page)]) == 1
    report = json.loads(capsys.readouterr().out)
    assert schemas.explain("check-report", report) == []
    group = next(one for one in report["groups"] if one["code"] == "PROFILE-MISSING")
    assert group["count"] == 5
    assert group["clause"] == group["examples"][0]["clause"]
    assert f"{group['meaning']} (<bdi>{group['clause']}</bdi>)" in page.read_text(encoding="utf-8")
    assert run(words) == 1
    assert f"{group['meaning']} ({group['clause']})\n" in capsys.readouterr().out


def test_a_group_of_several_rules_names_none() -> None:
    groups = FindingGroups()
    clauses = ("RFC 8493 §2.1.3", None, "RFC 8493 §2.1.3")
    for line, clause in enumerate(clauses, 1):
        groups.add(error("A", "t.csv", "wrong", at=At(line=line), clause=clause))
        groups.add(error("B", "t.csv", "wrong", at=At(line=line), clause="RFC 8493 §2.2"))
        groups.add(error("C", "t.csv", "wrong", at=At(line=line)))
    told = {one.code: one.to_json()["clause"] for one in groups}
    assert told == {"A": None, "B": "RFC 8493 §2.2", "C": None}
