"""The schemas of what the program says and keeps: examples that hold, and one mutation each that does not.

`is_valid` asks jsonschema-rs and `explain` asks jsonschema: every verdict is that of both.
"""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from archive import schemas
from archive.core.findings import At, error, note

NAMES = ("audit-report", "catalog", "finding", "ingest-report", "run-manifest")
ID = "0192aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee"
NOW = "2026-11-21T09:30:00Z"
SHA = "a" * 128
FINDING = error(
    "FIX-ALTERED",
    "data/a\udcff.txt",
    "the bytes are not those recorded",
    at=At(file="data/a\udcff.txt", line=3, column="C", field="title"),
    clause="RFC 8493 §3",
    expected="9f86",
    found="2c26",
    remedy="archive repair",
).to_json()

Document = dict[str, Any]
EXAMPLES: dict[str, Document] = {
    "finding": FINDING,
    "ingest-report": {
        "kind": "ingest-report",
        "version": 1,
        "run": ID,
        "accession": None,
        "dry_run": False,
        "ingested": [
            {
                "id": ID,
                "reference": "2026-000001",
                "path": f"bags/ee/{ID}",
                "source": {"text": "a\\xff", "base64": "Yf8="},
                "title": "A letter",
                "bytes": 0,
            }
        ],
        "bags": [
            {"source": "d/", "verdict": "valid", "version": "1.0", "files": 1, "bytes": 3, "warnings": 0}
        ],
        "held": [{"id": ID, "source": "b.txt", "differs": ["title"]}],
        "rejected": [{"source": "c.txt", "findings": [FINDING]}],
        "left_out": [{"source": ".DS_Store", "why": "system file"}],
        "findings": [],
        "counts": {"ingested": 1, "held": 0, "held_differs": 1, "rejected": 1, "left_out": 1},
    },
    "audit-report": {
        "kind": "audit-report",
        "version": 1,
        "run": ID,
        "outcome": "damaged",
        "recorded": True,
        "trust": {
            "basis": "checkpoint",
            "until": "2026-01-01T00:00:00.123Z",
            "size": 3,
            "key": "origin+12345678+AAAA",
            "key_supplied": True,
            "statement": "proven against the checkpoint of 3 entries that you supplied",
            "by": [],
        },
        "started": NOW,
        "finished": NOW,
        "checkpoint": "origin\n3\nroot\n\n— signature\n",
        "policy": {"every_days": 90},
        "scope": {"held": 2, "selected": 2, "checked": 2, "mode": "sample", "seed": "dice"},
        "oldest_check": None,
        "interrupted": False,
        "not_recorded": None,
        "acknowledged": 0,
        "copy": "a copy, 40 entries behind",
        "place": None,
        "counts": {
            "intact": 1,
            "damaged": 1,
            "missing": 0,
            "unreadable": 0,
            "unknown": 0,
            "pending": 0,
            "withdrawn": 0,
            "due": 0,
            "overdue": 0,
            "files": 16,
            "bytes": 41962,
        },
        "bags": [
            {
                "id": ID,
                "reference": "2026-000001",
                "title": "A letter",
                "outcome": "damaged",
                "last_intact": None,
                "known_since": NOW,
                "acknowledged": None,
                "findings": [FINDING],
            }
        ],
        "findings": [],
    },
    "run-manifest": {
        "kind": "run-manifest",
        "version": 1,
        "run": ID,
        "archive": ID,
        "accession": "2026-12",
        "received": "2026-11-20",
        "received_from": None,
        "agent": {"id": "jane", "name": "Jane Smith", "kind": "person"},
        "software": {
            "id": "document-archive",
            "name": "document-archive",
            "kind": "software",
            "version": "1",
        },
        "sources": ["stick"],
        "started": NOW,
        "outcome": "completed",
        "bags": [
            {
                "id": ID,
                "entry": 1,
                "reference": "2026-000001",
                "path": f"bags/ee/{ID}",
                "title": "[letter.txt]",
                "source": "letter.txt",
                "payload": [{"path": "data/letter.txt", "bytes": 3, "sha512": SHA}],
                "files": 1,
                "bytes": 3,
                "tagmanifest": SHA,
                "submission": [{"path": "metadata/submission/manifest-md5.txt", "sha512": SHA}],
                "description_awaited": True,
            },
            {
                "id": ID,
                "reference": "2026-000002",
                "path": f"bags/ee/{ID}",
                "title": "Many pages",
                "source": "pages",
                "manifest": SHA,
                "files": 100_000,
                "bytes": 1 << 60,
                "tagmanifest": SHA,
            },
        ],
        "left_out": [],
        "rejected": [],
        "counts": {"bags": 2, "files": 100_001, "bytes": 3, "left_out": 0, "rejected": 0},
    },
    "catalog": {
        "kind": "catalog",
        "version": 1,
        "archive": ID,
        "origin": "archive.example/letters",
        "checkpoint": {"size": 3, "root": "A" * 43 + "=", "note": "origin\n3\n"},
        "runs": [
            {"run": ID, "outcome": "completed", "bags": 2, "files": 3, "bytes": 4, "manifest": SHA},
            {"run": ID, "outcome": "interrupted", "bags": 0, "files": 0, "bytes": 0, "manifest": None},
        ],
        "counts": {"bags": 2, "files": 3, "bytes": 4, "withdrawn": 0, "awaiting": 1},
    },
}


def both(name: str, document: Any) -> bool:
    """The verdict of both engines, which must be one."""
    fast, slow = schemas.is_valid(name, document), not schemas.explain(name, document)
    assert fast == slow, f"the engines differ on {document}"
    return fast


@pytest.mark.parametrize("name", NAMES)
def test_the_example_is_valid(name: str) -> None:
    assert both(name, EXAMPLES[name])


def _members(document: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The paths of all members of all objects."""
    found: list[tuple[str | int, ...]] = []
    if isinstance(document, dict):
        for key, value in document.items():
            found += [(*path, key), *_members(value, (*path, key))]
    elif isinstance(document, list):
        for index, value in enumerate(document):
            found += _members(value, (*path, index))
    return found


def _parent(document: Any, path: tuple[str | int, ...]) -> Any:
    for part in path[:-1]:
        document = document[part]
    return document


OPTIONAL = {
    "at", "clause", "expected", "found", "remedy", "file", "line", "column", "field", "version", "software",
    "started", "entry", "description_awaited", "every_days",
    "received", "received_from", "seed", "submission",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_no_required_member_may_be_missing_and_every_optional_one_may(name: str) -> None:
    for path in _members(EXAMPLES[name]):
        document = copy.deepcopy(EXAMPLES[name])
        del _parent(document, path)[path[-1]]
        # A bag that was judged says its version, be it null; a report has one too.
        demanded = len(path) == 1 or path[0] == "bags"
        optional = path[-1] in OPTIONAL and not (demanded and path[-1] in {"version", "started"})
        optional = optional or (name == "ingest-report" and path == ("bags",))
        optional = optional or (name == "run-manifest" and path in {("started",), ("archive",)})
        assert both(name, document) == optional, path


@pytest.mark.parametrize("name", NAMES)
def test_no_member_may_be_of_another_type(name: str) -> None:
    for path in _members(EXAMPLES[name]):
        if path[-1] == "every_days":  # the policy is the archive's own
            continue
        document = copy.deepcopy(EXAMPLES[name])
        _parent(document, path)[path[-1]] = 1.5
        assert not both(name, document), path


@pytest.mark.parametrize("name", NAMES)
def test_members_of_later_versions_are_let_through(name: str) -> None:
    assert both(name, EXAMPLES[name] | {"later": {"anything": 1}})


def _set(path: str, value: Any) -> Callable[[Document], None]:
    parts = [int(part) if part.isdigit() else part for part in path.split(".")]

    def change(document: Document) -> None:
        _parent(document, tuple(parts))[parts[-1]] = value

    return change


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("finding", _set("code", "fix-altered")),
        ("finding", _set("code", "FIX-ALTERED\n")),
        ("finding", _set("severity", "fatal")),
        ("finding", _set("at", {})),
        ("finding", _set("at.line", 0)),
        ("finding", _set("place", {"text": "a"})),
        ("finding", _set("place.base64", "not base64!")),
        ("ingest-report", _set("kind", "report")),
        ("ingest-report", _set("version", 2)),
        ("ingest-report", _set("run", ID.upper())),
        ("ingest-report", _set("ingested.0.id", None)),
        ("ingest-report", _set("ingested.0.bytes", -1)),
        ("ingest-report", _set("bags.0.verdict", "fine")),
        ("ingest-report", _set("bags.0.warnings", -1)),
        ("ingest-report", _set("rejected.0.findings", [])),
        ("ingest-report", _set("rejected.0.findings.0.severity", "fatal")),
        ("audit-report", _set("outcome", "ok")),
        ("audit-report", _set("outcome", "intact")),
        ("audit-report", _set("outcome", "inconclusive")),
        ("audit-report", _set("outcome", "nothing-read")),
        ("audit-report", _set("outcome", "evidence-broken")),
        ("audit-report", _set("bags", [])),
        ("audit-report", _set("trust.basis", "faith")),
        ("audit-report", _set("started", "2026-11-21 09:30:00")),
        ("audit-report", _set("started", "2026-13-21T09:30:00Z")),
        ("audit-report", _set("started", NOW + "\n")),
        ("audit-report", _set("scope.mode", "some")),
        ("audit-report", _set("bags.0.outcome", "fine")),
        ("run-manifest", _set("bags.0.manifest", SHA)),
        ("run-manifest", _set("bags.0.tagmanifest", SHA.upper())),
        ("run-manifest", _set("bags.0.tagmanifest", SHA[1:])),
        ("run-manifest", _set("bags.0.payload.0.sha512", SHA + "\n")),
        ("run-manifest", _set("bags.0.submission.0.sha512", SHA[1:])),
        ("run-manifest", _set("agent.kind", "robot")),
        ("run-manifest", _set("agent.id", "")),
        ("run-manifest", _set("outcome", "committed")),
        ("catalog", _set("checkpoint.root", "abc=")),
        ("catalog", _set("runs.0.manifest", "abc")),
    ],
)
def test_one_wrong_value_makes_the_document_invalid(name: str, change: Callable[[Document], None]) -> None:
    document = copy.deepcopy(EXAMPLES[name])
    change(document)
    assert not both(name, document)


def test_a_dry_run_may_lack_what_only_a_commit_gives() -> None:
    document = copy.deepcopy(EXAMPLES["ingest-report"])
    document |= {"dry_run": True, "run": None}
    document["ingested"][0] |= {"id": None, "reference": None, "path": None}
    assert both("ingest-report", document)


def test_a_quick_look_is_never_intact() -> None:
    document = copy.deepcopy(EXAMPLES["audit-report"])
    document["counts"]["damaged"] = 0
    document |= {"outcome": "intact", "bags": []}
    assert both("audit-report", document)
    document["scope"]["mode"] = "quick"
    assert not both("audit-report", document)
    document["outcome"] = "no-difference-seen"
    assert both("audit-report", document)


def test_findings_of_the_program_follow_their_schema() -> None:
    assert both("finding", note("RUN-DONE", "a", "b").to_json())
    assert both("finding", FINDING)


@pytest.mark.parametrize("name", NAMES)
def test_every_schema_explains_itself_to_people(name: str) -> None:
    schema = json.loads((schemas.schema_dir() / f"{name}.schema.json").read_text("utf-8"))
    assert schema["$id"] == f"urn:document-archive:schema:{name}:1"
    assert schema["title"]
    undescribed = [
        path
        for path in _members(schema)
        if len(path) >= 2
        and path[-2] == "properties"
        and not {"then", "if"} & set(path)
        and not {"description", "$ref"} & _parent(schema, path)[path[-1]].keys()
    ]
    assert undescribed == []
