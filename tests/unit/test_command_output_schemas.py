"""Every command with `--format json` prints exactly one JSON document, and it follows a published schema."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive import schemas
from archive.cli.frame import run
from archive.cli.termination import Terminated
from archive.core.bagit.declaration import render_declaration
from archive.core.bagit.manifest import render_manifest
from archive.services.catalog.index_state import reading_index
from archive.storage.layout import bag_path
from tests.archives import MadeArchive, described, make_archive, overwrite
from tests.builders import digest
from tests.conftest import SEEDS
from tests.plain_bags import folder

Printed = pytest.CaptureFixture[str]
_NOT_UTF8 = "letter\udcff.txt"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MadeArchive]:
    """An archive with the seeds, a document whose name is not UTF-8, and one recorded audit."""
    with pytest.MonkeyPatch.context() as patch:
        made = make_archive(tmp_path_factory.mktemp("outputs"), patch)
        folder = made.folder / "more"
        folder.mkdir()
        (folder / _NOT_UTF8).write_bytes(b"dear")
        (folder / "twin.txt").write_bytes(b"dear")
        (folder / "gone.txt").write_bytes(b"gone")
        for source in (SEEDS / "texts", folder):
            assert run(["-q", "-C", str(made.root), "ingest", str(source), "--describe-later"]) == 0
        with reading_index(made.opened) as reading:
            gone = next(row.reference for row in reading.index.list() if row.source == "gone.txt")
            twin = next(row.reference for row in reading.index.list() if row.source == "twin.txt")
        described = ["describe", twin, "--set", "dc.date=1918", "--reason", "read", "--agent", "Ben"]
        assert run(["-q", "-C", str(made.root), *described]) == 0
        assert run(["-q", "-C", str(made.root), "withdraw", gone, "--reason", "asked back"]) == 0
        assert run(["-q", "-C", str(made.root), "audit"]) == 0
        yield made


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """An archive with one document, to be damaged."""
    made = make_archive(tmp_path, monkeypatch)
    made.ingest({"a.txt": b"one", "a.txt.dc.json": described("A letter")})
    return made


def document_of(printed: Printed) -> Any:
    """The one JSON document on stdout, judged by both engines."""
    document = json.loads(printed.readouterr().out)
    name = document["kind"]
    assert schemas.explain(name, document) == []
    assert schemas.is_valid(name, document)
    return document


def filled(made: MadeArchive, arguments: list[str]) -> list[str]:
    """The arguments with FIRST, LAST, ODD, GONE (documents), NEW, PAGE, TABLE (paths) and SEEDS filled in."""
    with reading_index(made.opened) as reading:
        rows = list(reading.index.list())
        gone = next(reading.index.list(state="withdrawn"), None)
    values = {
        "FIRST": rows[0].reference,
        "LAST": rows[-1].reference,
        "ODD": next((row.reference for row in rows if row.source == _NOT_UTF8), ""),
        "RUN": rows[0].run,
        "GONE": gone.reference if gone else "",
        "TABLE": str(made.folder / f"new{len(list(made.folder.iterdir()))}.csv"),
        "NEW": str(made.folder / f"new{len(list(made.folder.iterdir()))}"),
        "PAGE": str(made.folder / f"page{len(list(made.folder.iterdir()))}.html"),
        "SEEDS": str(SEEDS / "texts"),
        "BAG": str(made.folder / "plain-bag"),
        "TAP": str(made.folder / "house.csv"),
        "SCHEMA": str(made.folder / f"house{len(list(made.folder.iterdir()))}.json"),
        "ROOT": str(made.root),
        "HELD": str(made.root / bag_path(rows[0].bag)),
    }
    if "BAG" in arguments:
        folder(Path(values["BAG"]), {"bag-info.txt": b"", "data/a": b""})
        (Path(values["BAG"]) / "bagit.txt").write_bytes(render_declaration())
        (Path(values["BAG"]) / "manifest-sha512.txt").write_bytes(render_manifest([("data/a", digest(b""))]))
    if "TAP" in arguments:
        Path(values["TAP"]).write_text("propertyID,mandatory\ndc:type,true\n")
    return [values.get(one, one) for one in arguments]


RESULTS = [
    (["init", "NEW", "--name", "A", "--agent", "B"], "init-report"),
    (["ingest", "SEEDS"], "ingest-report"),
    (["ingest", "SEEDS", "--dry-run", "--read"], "ingest-report"),
    (["template", "SEEDS"], "template-report"),
    (["template", "SEEDS", "--output", "TABLE"], "template-report"),
    (["template", "--held"], "template-report"),
    (["check", "SEEDS"], "check-report"),
    (["check", "SEEDS", "--fix", "TABLE"], "check-report"),
    (["check", "SEEDS", "--read", "--accession", "2026-1"], "check-report"),
    (["list"], "list-report"),
    (["list", "--undescribed"], "list-report"),
    (["list", "--run", "RUN", "--limit", "2"], "list-report"),
    (["list", "--accession", "none"], "list-report"),
    (["list", "--withdrawn"], "list-report"),
    (["list", "--table", "TABLE"], "list-report"),
    (["show", "FIRST"], "document"),
    (["show", "GONE"], "document"),
    (["describe", "FIRST", "LAST", "--set", "dc.title=x", "--clear", "date", "--dry-run"], "describe-report"),
    (["describe", "LAST", "--set", "dc.date=1918"], "describe-report"),
    (["withdraw", "FIRST", "GONE", "--reason", "x", "--dry-run"], "withdrawal-report"),
    (["withdraw", "--run", "RUN", "--reason", "x", "--dry-run"], "withdrawal-report"),
    (["dispose", "GONE", "--authority", "x", "--dry-run"], "disposal-report"),
    (["history"], "history-report"),
    (["history", "LAST", "--checks"], "history-report"),
    (["history", "GONE", "--limit", "1"], "history-report"),
    (["history", "--before", "0"], "history-report"),
    (["show", "LAST"], "document"),
    (["show", "LAST", "--report", "PAGE"], "document"),
    (["show", "GONE", "--report", "PAGE"], "document"),
    (["show", "ODD"], "document"),
    (["search", "bell", "date:1900..1950"], "search-report"),
    (["search", '")(*', "nofield:x", "date:whenever"], "search-report"),
    (["search", "\udcff"], "search-report"),
    (["open", "FIRST", "--to", "NEW"], "open-report"),
    (["open", "ODD", "--to", "NEW"], "open-report"),
    (["copy", "--to", "NEW", "--dry-run"], "copy-report"),
    (["copy", "--to", "NEW", "--as", "tar"], "copy-report"),
    (["restore", "ROOT", "--to", "NEW"], "restore-report"),
    (["export", "FIRST", "ODD", "--to", "NEW"], "export-report"),
    (["export", "--all", "--as", "mets", "--to", "NEW"], "export-report"),
    (["status"], "status"),
    (["audit"], "audit-report"),
    (["audit", "--read-only", "--all-results"], "audit-report"),
    (["audit", "--quick"], "audit-report"),
    (["audit", "--sample", "3", "--seed", "dice"], "audit-report"),
    (["audit", "FIRST"], "audit-report"),
    (["audit", "--older-than", "90d"], "audit-report"),
    (["verify", "HELD"], "verify-report"),
    (["verify", "--recursive", "--strict", "--holey-ok", "ROOT"], "verify-report"),
    (["ledger", "verify"], "ledger-report"),
    (["ledger", "checkpoint"], "ledger-checkpoint"),
    (["ledger", "log"], "ledger-log"),
    (["ledger", "checkpoint", "--since", "2"], "ledger-checkpoint"),
    (["ledger", "witness-key", "w.example", "--out", "NEW"], "witness-key"),
    (["ledger", "pack", "--out", "NEW"], "ledger-pack"),
    (["ledger", "statement", "--says", "seen", "--out", "NEW"], "ledger-statement"),
    (["repair"], "repair-report"),
    (["repair", "--all", "--plan"], "repair-report"),
    (["incidents"], "incidents-report"),
    (["incidents", "--all"], "incidents-report"),
    (["coverage"], "coverage-report"),
    (["list", "--tree"], "tree-report"),
    (["list", "--incomplete", "--profile", "isad-minimum"], "list-report"),
    (["list", "--access", "not-stated"], "list-report"),
    (["profile", "list"], "profile-list"),
    (["profile", "show", "isad-minimum"], "profile-report"),
    (["profile", "compile", "TAP", "--to", "SCHEMA"], "profile-report"),
    (["coverage", "--since", "2999-01-01", "--table", "NEW"], "coverage-report"),
    (["ledger", "prove", "FIRST"], "ledger-proof"),
    (["ledger", "prove", "ODD", "--out", "NEW"], "ledger-proof"),
    (["receipt", "ODD", "--to", "PAGE"], "receipt-report"),
    (["catalog", "export"], "catalog"),
    (["catalog", "export", "--to", "NEW"], "catalog-report"),
    (["catalog", "rebuild"], "catalog-report"),
    (["catalog", "verify"], "catalog-report"),
    (["bag", "SEEDS", "--to", "NEW"], "bag-report"),
    (["bag", "SEEDS", "--to", "NEW", "--dry-run", "--exclude", "*.txt"], "bag-report"),
    (["bag", "update", "BAG", "--add-algorithm", "md5"], "bag-update-report"),
    (["ledger", "timestamp", "--request-out", "NEW"], "ledger-timestamp"),
    (["key", "show"], "key"),
    (["key", "sign"], "key-report"),
    (["key", "backup", "--to", "NEW", "--no-passphrase"], "key-report"),
    (["key", "passphrase", "--no-passphrase"], "key-report"),
    (["key", "rotate", "--reason", "a test"], "key-report"),
    (["schedule", "--as", "cron", "--copy-to", "NEW", "--mail", "a@b.example"], "schedule-report"),
    (["schedule", "--as", "systemd", "--to", "NEW"], "schedule-report"),
    (["schedule", "--as", "launchd", "--every", "audit=never", "--promise"], "schedule-report"),
    (["report", "--until", "2998-12-31"], "period-report"),
    (["report", "--year", "1999", "--no-formats", "--to", "PAGE"], "period-report"),
    (["assess", "ndsa"], "assessment-report"),
    (["assess", "ndsa", "--to", "PAGE"], "assessment-report"),
    (["help"], "explanation"),
    (["help", "bag"], "explanation"),
]


@pytest.mark.parametrize(("arguments", "kind"), RESULTS, ids=lambda value: " ".join(value)[:40] or None)
def test_each_result_is_one_document_under_its_schema(
    seeded: MadeArchive, capsys: Printed, arguments: list[str], kind: str
) -> None:
    assert run(["-C", str(seeded.root), *filled(seeded, arguments), "--format", "json"]) == 0
    assert document_of(capsys)["kind"] == kind


def test_every_command_is_among_those_whose_output_is_judged() -> None:
    from archive.cli.frame import COMMANDS

    assert {arguments[0] for arguments, _ in RESULTS} == {
        name for group in COMMANDS.values() for name in group
    }


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
    "order",
    [
        ["--format=json", "ROOT", "list"],
        ["--format", "json", "ROOT", "list"],
        ["ROOT", "list", "--format=json"],
        ["list", "ROOT", "--format", "json"],
        ["list", "--format=json", "ROOT", "--limit", "1"],
        ["ROOT", "--format=json", "catalog", "verify"],
        ["ROOT", "catalog", "--format=json", "verify"],
        ["ROOT", "catalog", "verify", "--format=json"],
    ],
    ids=" ".join,
)
def test_the_format_may_stand_before_and_behind_the_command(
    seeded: MadeArchive, capsys: Printed, order: list[str]
) -> None:
    arguments = [part for one in order for part in (["-C", str(seeded.root)] if one == "ROOT" else [one])]
    assert run(arguments) == 0
    assert document_of(capsys)["kind"] in {"list-report", "catalog-report"}


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


def damaged(made: MadeArchive) -> str:
    """The reference of the one document, after a byte of it was changed."""
    (bag,) = made.root.glob("bags/*/*")
    overwrite(bag / "data/a.txt", b"two")
    return filled(made, ["FIRST"])[0]


def test_reports_of_damage_follow_their_schemas(small: MadeArchive, capsys: Printed) -> None:
    reference = damaged(small)
    outcomes = {}
    for arguments in (["audit"], ["open", reference], ["status"], ["show", reference]):
        outcomes[arguments[0]] = run(["-C", str(small.root), *arguments, "--format", "json"])
        document_of(capsys)
    assert outcomes == {"audit": 1, "open": 1, "status": 0, "show": 0}


def test_reports_of_broken_evidence_follow_their_schemas(small: MadeArchive, capsys: Printed) -> None:
    checkpoint = small.root / "ledger/checkpoint"
    overwrite(checkpoint, checkpoint.read_bytes().replace(b"\n\n", b"0\n\n", 1))
    for arguments in (
        ["audit", "--read-only"],
        ["ledger", "verify"],
        ["list"],
        ["status"],
        ["catalog", "verify"],
    ):
        assert run(["-C", str(small.root), *arguments, "--format", "json"]) == 5
        document_of(capsys)


def test_reports_of_an_altered_catalog_follow_their_schemas(small: MadeArchive, capsys: Printed) -> None:
    overwrite(small.root / "catalog.json", b"{}")
    assert run(["-C", str(small.root), "catalog", "verify", "--format", "json"]) == 1
    assert document_of(capsys)["counts"]["errors"] == 1


def test_a_refused_submission_is_a_report_under_its_schema(small: MadeArchive, capsys: Printed) -> None:
    source = small.folder / "bad"
    source.mkdir()
    (source / "b.txt").write_bytes(b"b")
    assert run(["-C", str(small.root), "ingest", str(source), "--format", "json"]) == 4
    assert document_of(capsys)["kind"] == "ingest-report"


@pytest.mark.parametrize(
    "arguments",
    [
        ["init", "NEW", "--name", "A", "--agent", "B"],
        ["list"],
        ["show", "FIRST"],
        ["search", "bell"],
        ["open", "FIRST", "--to", "NEW"],
        ["describe", "FIRST", "--set", "dc.title=x", "--dry-run"],
        ["withdraw", "FIRST", "--reason", "x", "--dry-run"],
        ["dispose", "GONE", "--authority", "x", "--dry-run"],
        ["history", "FIRST"],
        ["repair", "FIRST", "--plan"],
        ["incidents"],
        ["status"],
        ["catalog", "rebuild"],
        ["audit", "--read-only"],
        ["bag", "SEEDS", "--to", "NEW"],
        ["no-such-command"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_document_without_one_of_its_members_is_not_valid(
    seeded: MadeArchive, capsys: Printed, arguments: list[str]
) -> None:
    run(["-C", str(seeded.root), *filled(seeded, arguments), "--format", "json"])
    document = document_of(capsys)
    name = document["kind"]
    for path in required_members(document):
        changed = json.loads(json.dumps(document))
        part = changed
        for key in path[:-1]:
            part = part[key]
        del part[path[-1]]
        assert not schemas.is_valid(name, changed), path


def required_members(document: Any) -> list[tuple[Any, ...]]:
    """The members of a document, of the counts in it and of the first of its rows, but optional ones."""
    paths: list[tuple[Any, ...]] = [(member,) for member in document]
    for member, value in document.items():
        if member == "counts":
            paths += [(member, key) for key in value]
        elif (
            member in {"documents", "files", "events", "agents", "changed", "disposed"}
            and value
            and isinstance(value[0], dict)
        ):
            paths += [(member, 0, key) for key in value[0]]
    return [path for path in paths if path not in {("remedy",), ("restored",)}]
