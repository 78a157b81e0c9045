"""Every command with `--format json` prints exactly one JSON document, and it follows a published schema."""

import json
from pathlib import Path
from typing import Any

import pytest

import archive
from archive import schemas
from archive.cli.frame import run
from tests.archives import MadeArchive, described, make_archive, overwrite
from tests.command_outputs import Printed, document_of, filled

SOURCE = Path(archive.__file__).parent


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """An archive with one document, to be damaged."""
    made = make_archive(tmp_path, monkeypatch)
    made.ingest({"a.txt": b"one", "a.txt.dc.json": described("A letter")})
    return made


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
    (["tidy"], "tidy-report"),
    (["tidy", "--dry-run"], "tidy-report"),
    (["incidents"], "incidents-report"),
    (["incidents", "--all"], "incidents-report"),
    (["coverage"], "coverage-report"),
    (["list", "--tree"], "tree-report"),
    (["list", "--incomplete", "--profile", "isad-minimum"], "list-report"),
    (["list", "--access", "not-stated"], "list-report"),
    (["profile", "list"], "profile-list"),
    (["profile", "show", "isad-minimum"], "profile-report"),
    (["profile", "compile", "TAP", "--to", "SCHEMA"], "profile-report"),
    (["coverage", "--since", "2999-01-01", "--table", "TABLE"], "coverage-report"),
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


# What is written row by row, and may end before its end: the array that its rows stand in.
STREAMED = {
    "audit-report": "bags",
    "check-report": "findings",
    "copy-report": "documents",
    "coverage-report": "bags",
    "describe-report": "changed",
    "history-report": "events",
    "incidents-report": "incidents",
    "ingest-report": "ingested",
    "ledger-log": "entries",
    "list-report": "documents",
    "repair-report": "bags",
    "restore-report": "documents",
    "template-report": "rows",
    "tidy-report": "bags",
    "tree-report": "nodes",
    "verify-report": "bags",
}


@pytest.mark.parametrize("kind", STREAMED)
def test_a_document_that_is_cut_short_follows_its_schema(
    seeded: MadeArchive, capsys: Printed, kind: str
) -> None:
    arguments = next(arguments for arguments, found in RESULTS if found == kind)
    assert run(["-C", str(seeded.root), *filled(seeded, arguments), "--format", "json"]) == 0
    whole = list(document_of(capsys).items())
    rows = [name for name, _ in whole].index(STREAMED[kind])
    begun = dict(whole[: rows + 1])
    cut = {**begun, "cut_short": "bags/x: Input/output error", "remedy": "look at the disk"}
    assert schemas.explain(kind, cut) == []
    assert schemas.is_valid(kind, cut)
    assert {"cut_short", "remedy"} <= schemas.load(kind)["properties"].keys()
    if kind != "verify-report":  # which asks for no more than its bags
        assert not schemas.is_valid(kind, begun)


def test_every_document_that_is_written_row_by_row_is_among_them() -> None:
    sources = [path.read_text("utf-8") for path in (SOURCE / "cli").rglob("*.py")]
    assert sum(text.count("stream_json(") for text in sources) - 1 == len(STREAMED)  # but its definition


def test_every_command_is_among_those_whose_output_is_judged() -> None:
    from archive.cli.frame import COMMANDS

    assert {arguments[0] for arguments, _ in RESULTS} == {
        name for group in COMMANDS.values() for name in group
    }


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
