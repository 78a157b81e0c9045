"""An audit that was cut off is taken up with the choice it was begun with, or not at all."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.core.exit_codes import FINDINGS
from archive.core.ledger import entries
from archive.core.ledger.entries import parse_entry
from archive.services.audit.recording import Recording
from archive.storage.audits.results_folder import ResultsFolder
from tests.archives import MadeArchive, make_archive

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    archive = make_archive(tmp_path, monkeypatch)
    archive.ingest({"a.txt": b"a", "b.txt": b"b"})
    return archive


def _cut_off(made: MadeArchive, *words: str) -> Path:
    """The plan of an audit that ends before its first results are kept."""
    with pytest.MonkeyPatch.context() as patch:

        def stop(*_: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(ResultsFolder, "add", stop)
        assert run(["-C", str(made.root), "audit", *words]) == 130
    [plan] = (made.root / "audits").glob("*/plan.json")
    return plan


def _rewrite(plan: Path, **choice: object) -> None:
    document = json.loads(plan.read_text())
    document["choice"] |= choice
    plan.write_text(json.dumps(document))


def _resumed(made: MadeArchive, plan: Path, capsys: Printed, *, code: int) -> Any:
    capsys.readouterr()
    assert run(["-C", str(made.root), "--format", "json", "audit", "--resume", plan.parent.name]) == code
    return json.loads(capsys.readouterr().out)


def _bag(made: MadeArchive, reference: str) -> str:
    return made.bag(reference).name


CHOICES: dict[str, tuple[tuple[str, ...], Callable[[MadeArchive], dict[str, object]]]] = {
    "everything": ((), lambda made: {"ids": [_bag(made, "2026-000001")]}),
    "other ids": (("2026-000001",), lambda _: {"ids": ["2026-000002"]}),
    "a smaller sample": (("--sample", "2", "--seed", "s"), lambda _: {"sample": 1}),
    "another seed": (("--sample", "1", "--seed", "s"), lambda _: {"seed": "t"}),
    "a share": ((), lambda _: {"older_than_days": 90}),
}


@pytest.mark.parametrize("what", CHOICES)
def test_a_plan_that_says_another_choice_than_the_ledger_is_not_resumed(
    what: str, made: MadeArchive, capsys: Printed
) -> None:
    words, other = CHOICES[what]
    plan = _cut_off(made, *words)
    size = made.opened.checkpoint().size
    _rewrite(plan, **other(made))
    assert "plan.json" in _resumed(made, plan, capsys, code=5)["message"]
    assert made.opened.checkpoint().size == size


def test_a_plan_with_half_a_character_is_no_plan(made: MadeArchive, capsys: Printed) -> None:
    plan = _cut_off(made, "--sample", "1", "--seed", "s")
    _rewrite(plan, seed="\ud800")
    assert "does not say what it chose" in _resumed(made, plan, capsys, code=2)["message"]


@pytest.mark.parametrize("words", [(), ("2026-000001",), ("--sample", "1"), ("--budget", "1h")])
def test_a_plan_as_it_was_written_is_resumed(
    words: tuple[str, ...], made: MadeArchive, capsys: Printed
) -> None:
    plan = _cut_off(made, *words)
    assert _resumed(made, plan, capsys, code=0)["outcome"] == "intact"


def test_the_beginning_is_told_as_the_ledger_has_it(made: MadeArchive, capsys: Printed) -> None:
    plan = _cut_off(made)
    document = json.loads(plan.read_text())
    begun = parse_entry(made.opened.ledger.entry(document["entry"])).time
    plan.write_text(json.dumps(document | {"started": "1999-01-01T00:00:00.000Z"}))
    assert _resumed(made, plan, capsys, code=0)["started"] == begun


def _as_earlier(monkeypatch: pytest.MonkeyPatch) -> None:
    """Audits begin as an earlier version wrote it: without a digest of their choice."""

    def entry(self: Recording, report: Any) -> bytes:
        return entries.audit_started(
            time=report.started,
            agents=self.agents,
            run=report.run,
            mode=report.mode.value,
            selected=report.selected,
            policy=report.policy_days,
            seed=self.request.seed,
        )

    monkeypatch.setattr(Recording, "_started_entry", entry)


@pytest.mark.parametrize("words", [(), ("2026-000001",), ("--sample", "9")])
def test_an_audit_that_an_earlier_version_began_is_resumed(
    words: tuple[str, ...], made: MadeArchive, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    _as_earlier(monkeypatch)
    plan = _cut_off(made, *words)
    assert _resumed(made, plan, capsys, code=0)["outcome"] == "intact"


@pytest.mark.parametrize("what", ["everything", "a smaller sample", "another seed", "a share"])
def test_an_earlier_version_is_held_to_what_its_entry_says(
    what: str, made: MadeArchive, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    _as_earlier(monkeypatch)
    words, other = CHOICES[what]
    plan = _cut_off(made, *words)
    _rewrite(plan, **other(made))
    _resumed(made, plan, capsys, code=5)


def _flipped(text: bytes, at: int) -> bytes:
    return text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :]


def _found(made: MadeArchive, capsys: Printed) -> list[tuple[str, str]]:
    capsys.readouterr()
    run(["-C", str(made.root), "--format", "json", "audit", "--read-only"])
    report = json.loads(capsys.readouterr().out)
    return [(one["code"], one["place"]) for one in report["findings"] if one["severity"] != "note"]


@pytest.mark.parametrize("words", [("audit",), ("audit", "2026-000001"), ("copy", "--to", "{copy}")])
def test_the_plan_of_a_run_that_ended_is_what_it_was_begun_with(
    words: tuple[str, ...], made: MadeArchive, tmp_path: Path, capsys: Printed
) -> None:
    assert run(["-C", str(made.root), *(word.format(copy=tmp_path / "copy") for word in words)]) == 0
    [plan] = (made.root / "audits").glob("*/plan.json")
    assert _found(made, capsys) == []
    content = plan.read_bytes()
    when = content.find(b'"started"') + 14 if words[0] == "copy" else len(content)  # nothing else tells it
    told = [("AUDIT-RESULTS", f"audits/{plan.parent.name}/plan.json")]
    for at in range(3, len(content), 17):
        plan.write_bytes(_flipped(content, at))
        assert _found(made, capsys) == told or at in range(when, when + 24), at
    for other in (b"", b"[]", content + b" ", content[:-1]):
        plan.write_bytes(other)
        assert _found(made, capsys) == told
    plan.unlink()
    assert _found(made, capsys) == told


def test_a_plan_that_was_altered_comes_back_from_the_copy_that_has_it(
    made: MadeArchive, tmp_path: Path, capsys: Printed
) -> None:
    copies = [tmp_path / "bad", tmp_path / "good"]
    assert run(["-C", str(made.root), "audit"]) == 0
    for copy in copies:
        assert run(["-C", str(made.root), "copy", "--to", str(copy)]) == 0
    plan = min((made.root / "audits").glob("*/plan.json"))
    content, name = plan.read_bytes(), plan.relative_to(made.root)
    for path in (plan, copies[0] / name):
        path.chmod(0o644)
        path.write_bytes(_flipped(content, len(content) // 2))
    assert run(["-C", str(made.root), "repair", "--ledger", "--plan", "--from", str(copies[0])]) == 1
    repair = ["-C", str(made.root), "repair", "--ledger", "--yes"]
    assert run([*repair, *(word for copy in copies for word in ("--from", str(copy)))]) == 0
    assert plan.read_bytes() == content
    assert _found(made, capsys) == []
    run(["restore", *map(str, copies), "--to", str(tmp_path / "restored")])  # behind: the repair was signed
    assert (tmp_path / "restored" / name).read_bytes() == content


def _another(plan: Path) -> None:
    plan.write_text(plan.read_text().replace(plan.parent.name, plan.parent.name[::-1]))


def _folder(plan: Path) -> None:
    plan.unlink()
    plan.mkdir()


def _pipe(plan: Path) -> None:
    plan.unlink()
    os.mkfifo(plan)


def _link(plan: Path) -> None:
    plan.symlink_to(plan.rename(plan.parent.parent.parent.parent / "elsewhere"))


def _empty(plan: Path) -> None:
    plan.write_bytes(b"")


@pytest.mark.parametrize("damage", [Path.unlink, _empty, _another, _folder, _pipe, _link])
def test_a_plan_of_a_finished_audit_that_is_no_more_is_found(
    made: MadeArchive, capsys: Printed, damage: Callable[[Path], None]
) -> None:
    assert run(["-C", str(made.root), "audit"]) == 0
    (plan,) = made.root.glob("audits/*/plan.json")
    damage(plan)
    capsys.readouterr()
    assert run(["-C", str(made.root), "audit", "--read-only", "--format", "json"]) == FINDINGS
    found = json.loads(capsys.readouterr().out)["findings"]
    assert [(one["code"], one["place"]) for one in found if one["severity"] == "error"] == [
        ("AUDIT-RESULTS", f"audits/{plan.parent.name}/plan.json")
    ]
