"""`archive schedule`, and what `archive status` says of runs that were promised."""

import json
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from archive.cli.frame import run
from archive.core.errors import StorageError
from archive.core.ledger.entries import parse_entry
from archive.services.audit.looking import Looking
from archive.services.catalog.index_reading import reading_index
from archive.services.copies.bags import CopiedBags
from archive.services.holdings.status import status
from tests.archives import MadeArchive, make_archive

DAY = 86_400_000
Printed = pytest.CaptureFixture[str]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """An archive with two documents."""
    archive = make_archive(tmp_path, monkeypatch)
    archive.ingest({"a.txt": b"one", "b.txt": b"two"})
    return archive


def scheduled(made: MadeArchive, printed: Printed, *arguments: str, code: int = 0) -> Any:
    """The JSON report of `archive schedule`."""
    printed.readouterr()
    assert run(["-C", str(made.root), "schedule", *arguments, "--format", "json"]) == code
    return json.loads(printed.readouterr().out)


def promised(made: MadeArchive, *, days: int) -> dict[str, tuple[str, int | None]]:
    """What status says of each promised run so many days after today."""
    from archive.services.surroundings import Surroundings

    with reading_index(made.opened) as reading:
        found = status(made.opened, reading.index, now=Surroundings().now() + days * DAY)
    return {run.task.value: (run.state.value, run.days) for run in found.promised}


def test_nothing_is_changed_by_a_schedule(made: MadeArchive, capsys: Printed) -> None:
    before = made.opened.checkpoint(), made.opened.settings
    scheduled(made, capsys, "--copy-to", "/media/blue", "--mail", "a@b.example")
    assert (made.opened.checkpoint(), made.opened.settings) == before


def test_paths_are_absolute_and_the_key_is_named(
    made: MadeArchive, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(made.folder)
    printed = run(["-C", "archive", "schedule", "--copy-to", "blue", "--log", "l", "--format", "json"])
    assert printed == 0
    jobs = {job["task"]: job for job in json.loads(capsys.readouterr().out)["jobs"]}
    assert jobs["audit"]["environment"] == {"ARCHIVE_KEY_DIR": str(made.folder / "keys")}
    assert str(made.root) in jobs["audit"]["command"]
    assert jobs["copy"]["command"][-2:] == ["--to", str(made.folder / "blue")]
    assert jobs["audit"]["log"] == str(made.folder / "l")
    assert jobs["audit"]["command"][0].startswith("/")


@pytest.mark.parametrize("form", ["cron", "systemd", "launchd"])
def test_each_disk_has_a_line_or_files_of_its_own_at_an_hour_of_its_own(
    made: MadeArchive, capsys: Printed, form: str
) -> None:
    report = scheduled(made, capsys, "--as", form, "--copy-to", "/media/red", "--copy-to", "/media/blue")
    names = [file["name"] for file in report["files"]]
    assert len(set(names)) == len(names)
    copies = [job for job in report["jobs"] if job["task"] == "copy"]
    assert [(job["command"][-1], job["at"]) for job in copies] == [
        ("/media/red", "05:30"),
        ("/media/blue", "06:30"),
    ]
    text = "".join(file["text"] for file in report["files"])
    assert text.count("/media/red") == text.count("/media/blue") == 1


def test_an_address_cannot_begin_a_line_of_its_own(made: MadeArchive) -> None:
    forged = "a@b.example\n* * * * * touch /tmp/x"
    only = ["--every", "checkpoint=never", "--mail", forged]
    assert run(["-C", str(made.root), "schedule", "--as", "cron", *only]) == 2


def test_what_cannot_be_planned_is_named(made: MadeArchive, capsys: Printed) -> None:
    report = scheduled(made, capsys)
    assert [job["task"] for job in report["jobs"]] == ["audit"]
    assert [each["task"] for each in report["left_out"]] == ["copy", "checkpoint"]


def test_where_every_task_is_never_that_is_said(made: MadeArchive, capsys: Printed) -> None:
    never = [word for task in ("audit", "copy", "checkpoint") for word in ("--every", f"{task}=never")]
    assert run(["-C", str(made.root), "schedule", *never]) == 0
    assert "other than never; nothing is planned" in capsys.readouterr().err


def test_a_folder_that_is_a_pipe_is_refused(made: MadeArchive, capsys: Printed, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert run(["-C", str(made.root), "schedule", "--to", str(tmp_path / "pipe")]) == 3
    assert "something else has that name" in capsys.readouterr().err


def test_a_locked_key_without_its_passphrase_file_is_named(
    made: MadeArchive, capsys: Printed, tmp_path: Path
) -> None:
    phrase = tmp_path / "phrase"
    phrase.write_text("correct horse\n")
    assert run(["-C", str(made.root), "key", "passphrase", "--new-passphrase-file", str(phrase)]) == 0
    assert "passphrase" in scheduled(made, capsys)["left_out"][0]["why"]
    report = scheduled(made, capsys, "--passphrase-file", str(phrase))
    assert [each["task"] for each in report["left_out"]] == ["copy", "checkpoint"]
    assert report["jobs"][0]["environment"]["ARCHIVE_KEY_PASSPHRASE_FILE"] == str(phrase)
    assert "correct horse" not in json.dumps(report)


def test_without_a_key_to_sign_with_that_is_said_and_nothing_fails(
    made: MadeArchive, capsys: Printed
) -> None:
    settings = made.opened.layout.settings
    settings.write_text(settings.read_text().replace(made.opened.settings.key, "no key"))
    assert "names no key" in scheduled(made, capsys)["left_out"][0]["why"]


def test_files_are_completed_and_never_overwritten(
    made: MadeArchive, capsys: Printed, tmp_path: Path
) -> None:
    units = tmp_path / "units"
    report = scheduled(made, capsys, "--as", "systemd", "--to", str(units))
    assert sorted(path.name for path in units.iterdir()) == sorted(file["name"] for file in report["files"])
    lines = {path.name: path.read_bytes() for path in units.iterdir()}
    next(units.iterdir()).unlink()
    scheduled(made, capsys, "--as", "systemd", "--to", str(units))
    assert {path.name: path.read_bytes() for path in units.iterdir()} == lines
    next(units.iterdir()).write_text("edited by somebody\n")
    again = scheduled(made, capsys, "--as", "systemd", "--to", str(units), code=6)
    assert again["kind"] == "error"


def test_a_promise_stands_in_the_settings_and_in_the_ledger(made: MadeArchive, capsys: Printed) -> None:
    text = made.opened.layout.settings.read_text()
    made.opened.layout.settings.write_text(text + "\n# ours\n[somebody]\nelse = 1\n")
    report = scheduled(made, capsys, "--promise", "--every", "audit=weekly")
    settings = tomllib.loads(made.opened.layout.settings.read_text())
    assert (settings["promises"], settings["somebody"]) == ({"audit": "weekly"}, {"else": 1})
    assert "# ours" in made.opened.layout.settings.read_text()
    entry = parse_entry(made.opened.ledger.entry(report["promised"]["entry"]))
    assert (entry.type, entry.get("settings")) == ("settings changed", made.opened.settings.digest)
    assert scheduled(made, capsys, "--promise", "--every", "audit=weekly")["promised"]["entry"] is None


def test_status_says_where_a_promised_audit_did_not_happen(made: MadeArchive, capsys: Printed) -> None:
    scheduled(made, capsys, "--promise")
    assert promised(made, days=0) == {"audit": ("never", None)}
    assert run(["-q", "-C", str(made.root), "audit"]) == 0
    assert promised(made, days=0) == {"audit": ("kept", 0)}
    assert promised(made, days=9) == {"audit": ("late", 9)}


def test_an_audit_of_one_document_keeps_no_promise(made: MadeArchive, capsys: Printed) -> None:
    scheduled(made, capsys, "--promise")
    with reading_index(made.opened) as reading:
        first = next(reading.index.list()).reference
    assert run(["-q", "-C", str(made.root), "audit", first]) == 0
    assert promised(made, days=0) == {"audit": ("never", None)}


def test_an_audit_that_was_cut_off_before_it_read_anything_keeps_no_promise(
    made: MadeArchive, capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    scheduled(made, capsys, "--promise")
    with monkeypatch.context() as patch:
        patch.setattr(Looking, "_take", interrupt)
        assert run(["-q", "-C", str(made.root), "audit"]) == 130
    assert promised(made, days=0) == {"audit": ("never", None)}
    assert run(["-q", "-C", str(made.root), "audit", "--older-than", "36500d"]) == 0
    assert promised(made, days=0) == {"audit": ("kept", 0)}


def test_a_copy_that_was_cut_off_takes_nothing_back_from_one_that_came_to_its_end(
    made: MadeArchive, capsys: Printed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def pulled(*_: object) -> None:
        raise StorageError("the disk is gone")

    def copied(place: str) -> int:
        return run(["-q", "-C", str(made.root), "copy", "--to", str(tmp_path / place), "--jobs", "1"])

    scheduled(made, capsys, "--promise", "--copy-to", str(tmp_path / "blue"))
    with monkeypatch.context() as patch:
        patch.setattr(CopiedBags, "bring", pulled)
        assert copied("blue") == 3
        assert promised(made, days=0)["copy"] == ("never", None)
        patch.undo()
        assert copied("blue") == 0
        made.ingest({"c.txt": b"three"}, name="more")
        patch.setattr(CopiedBags, "bring", pulled)
        assert copied("blue") == 3
    for _ in range(2):
        assert promised(made, days=9)["copy"][1] == 9
        with reading_index(made.opened) as reading:
            (known,) = reading.index.copies()
        assert (known.outcome, known.copied < known.seen) == ("interrupted", True)
        made.rebuild()


def test_a_letter_that_leaves_no_trace_is_neither_kept_nor_late(made: MadeArchive, capsys: Printed) -> None:
    scheduled(made, capsys, "--promise", "--mail", "a@b.example")
    assert promised(made, days=400)["checkpoint"] == ("untraced", None)


def test_status_tells_people_what_is_late(made: MadeArchive, capsys: Printed) -> None:
    scheduled(made, capsys, "--promise")
    assert run(["-C", str(made.root), "status"]) == 0
    printed = capsys.readouterr()
    assert "audit: never yet, promised every day" in printed.out
    assert "archive schedule" in printed.err


@pytest.mark.parametrize(
    "line",
    [
        '[promises]\naudits = "daily"\n',
        '[promises]\naudit = "hourly"\n',
        "[promises]\naudit = 1\n",
        "promises = 1\n",
    ],
)
def test_a_promise_that_nobody_would_watch_is_refused(made: MadeArchive, line: str) -> None:
    path = made.opened.layout.settings
    path.write_text(line + path.read_text() if line.startswith("promises") else path.read_text() + line)
    assert run(["-C", str(made.root), "status"]) == 2


@pytest.mark.parametrize(
    "option",
    [
        ["--every", "audit"],
        ["--every", "x=daily"],
        ["--at", "25:00"],
        ["--mail", "a b"],
        ["--budget", "0m"],
        ["--budget", "59s"],
    ],
)
def test_a_wrong_option_is_refused_by_name(made: MadeArchive, option: list[str]) -> None:
    assert run(["-C", str(made.root), "schedule", *option]) == 2
