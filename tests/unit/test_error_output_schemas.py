"""An error, an interruption, a defect: with `--format json` each is one document under its schema too."""

from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.cli.termination import Terminated
from tests.archives import MadeArchive
from tests.command_outputs import Printed, document_of, filled


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["list", "--no-such-option"], 2),
        (["no-such-command"], 2),
        (["show"], 2),
        (["show", "no-such-document"], 2),
        (["audit", "--sample", "0"], 2),
        (["audit", "--seed", "dice"], 2),
        (["audit", "no-such-document"], 2),
        (["ingest", "SEEDS", "--received", "yesterday"], 2),
        (["ingest", "SEEDS", "--metadata", "NEW"], 2),
        (["list", "--format", "xml"], 2),
        (["catalog"], 2),
        (["open", "FIRST", "--to", "SEEDS"], 6),
        (["open", "GONE"], 2),
        (["describe"], 2),
        (["describe", "FIRST"], 2),
        (["describe", "FIRST", "--set", "dc.titel=x"], 2),
        (["describe", "FIRST", "--set", "title"], 2),
        (["describe", "GONE", "--set", "title=x"], 2),
        (["withdraw", "FIRST"], 2),
        (["withdraw", "--reason", "x"], 2),
        (["dispose", "FIRST", "--authority", "x"], 2),
        (["history", "no-such-document"], 2),
        (["history", "--checks"], 2),
        (["repair", "no-such-document"], 2),
        (["repair", "GONE"], 2),
        (["repair", "FIRST", "--all"], 2),
        (["repair", "--from", "NEW"], 2),
        (["repair", "--from", "ROOT"], 2),
        (["incidents", "no-such-incident"], 2),
        (["incidents", "--open", "--all"], 2),
        (["incidents", "--acknowledge", "x"], 2),
        (["incidents", "FIRST", "--acknowledge", "x"], 2),
        (["audit", "--read-only", "--acknowledge", "x"], 2),
        (["list", "--table", "SEEDS"], 2),
        (["catalog", "export", "--to", "SEEDS"], 6),
        (["bag", "SEEDS", "--to", "SEEDS"], 2),
        (["bag", "update", "SEEDS", "--to-version", "1.0"], 2),
        (["key", "restore", "NEW"], 2),
        (["key", "replace", "--reason", "x"], 2),
        (["key", "replace", "--lost", "--reason", "x"], 2),
        (["key", "replace", "--behind", "--reason", "x"], 2),
        (["restore", "SEEDS", "--to", "NEW"], 2),
        (["restore", "ROOT", "--to", "SEEDS"], 6),
        ([], 2),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else None,
)
def test_each_error_is_one_document_under_its_schema(
    seeded: MadeArchive, capsys: Printed, arguments: list[str], code: int
) -> None:
    if arguments[:2] == ["open", "FIRST"]:  # a copy is there already
        given = filled(seeded, ["open", "FIRST", "--to", "NEW"])
        assert run(["-C", str(seeded.root), *given]) == 0
        capsys.readouterr()
    else:
        given = filled(seeded, arguments)
    assert run(["-C", str(seeded.root), "--format", "json", *given]) == code
    document = document_of(capsys)
    assert (document["kind"], document["exit_code"]) == ("error", code)


def test_no_command_at_all_is_answered_with_the_help(capsys: Printed) -> None:
    assert run([]) == 2
    assert "Usage: archive" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["nowhere", "nowhere\udcff\u202e"])
def test_an_archive_that_is_none_is_an_error_that_carries_its_name(
    capsys: Printed, tmp_path: Path, name: str
) -> None:
    assert run(["-C", str(tmp_path / name), "list", "--format=json"]) == 2
    document = document_of(capsys)
    assert document["kind"] == "error"
    text = document["message"] if name == "nowhere" else document["message"]["text"]
    assert "nowhere" in text


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (KeyboardInterrupt(), 130),
        (Terminated(), 143),
        (RuntimeError("a\udcff"), 70),
        (OSError(28, "No space left on device", "b\udcff"), 3),
    ],
    ids=["interrupted", "terminated", "defect", "full"],
)
def test_each_sudden_end_is_one_document_under_its_schema(
    seeded: MadeArchive,
    capsys: Printed,
    monkeypatch: pytest.MonkeyPatch,
    trouble: BaseException,
    code: int,
) -> None:
    def fail(*arguments: object) -> None:
        raise trouble

    monkeypatch.setattr("archive.services.opened.open_archive", fail)
    assert run(["-C", str(seeded.root), "status", "--format", "json"]) == code
    document = document_of(capsys)
    assert (document["kind"], document["exit_code"]) == ("error", code)
