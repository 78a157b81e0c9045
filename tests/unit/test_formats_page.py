"""docs/formats.md against the program: what it lists is what is written, and its own checker works."""

import hashlib
import json
import os
import re
from pathlib import Path

import pytest

from archive.core.ledger import change_entries, copy_entries, entries, repair_entries
from archive.core.ledger.entries import EntryType
from archive.core.ledger.key_chain import key_changed, key_replaced
from archive.core.ledger.note import VerifierKey
from archive.core.ledger.tiles import TilePath
from archive.formats.holdings_csv import COLUMNS
from archive.services.audit.request import AuditRequest
from archive.services.copies.report import CopyCounts
from archive.services.ingest.tag_files import BagInfo, bag_info
from archive.services.init import init
from archive.services.recovery import _TEMPORARY
from archive.services.surroundings import Surroundings
from archive.storage.index.tables import APPLICATION_ID, VERSION
from archive.storage.layout import FOLDERS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "formats.md").read_text("utf-8")
TIME = entries.timestamp(1_800_000_000_000)
DERIVED = ("catalog.json", "holdings.csv", "README.html", "catalog.sqlite")
BAG = "0192aaaa-bbbb-7ccc-8ddd-eeeeeeee{:04x}"
KEY = VerifierKey("o", bytes(32))
SAMPLES = {
    EntryType.ARCHIVE_CREATED: entries.archive_created(
        time=TIME, agents=["a"], archive="u", origin="o", key="k"
    ),
    EntryType.SETTINGS_CHANGED: entries.settings_changed(time=TIME, agents=["a"], settings="s", note="n"),
    EntryType.INGESTION: entries.ingestion(
        time=TIME,
        agents=["a"],
        bag="b",
        run="r",
        file_count=1,
        byte_count=1,
        payload=("sha512", "d"),
        tagmanifest="t",
        reference="1",
        notes=["n"],
    ),
    EntryType.RUN_CLOSED: entries.run_closed(
        time=TIME,
        agents=["a"],
        run="r",
        outcome="completed",
        bag_count=1,
        file_count=1,
        byte_count=1,
        manifest="m",
        notes=["n"],
    ),
    EntryType.AUDIT_STARTED: entries.audit_started(
        time=TIME, agents=["a"], run="r", mode="full", selected=1, policy=90, seed="s", choice="d"
    ),
    EntryType.AUDIT_FINISHED: entries.audit_finished(
        time=TIME,
        agents=["a"],
        run="r",
        started=0,
        outcome="o",
        counts={},
        results="d",
        interrupted=False,
        recorded=TIME,
    ),
    EntryType.REPAIRED: repair_entries.repaired(
        time=TIME,
        agents=["a"],
        bag="b",
        run="r",
        outcome="intact",
        restored=1,
        moved=1,
        record="d",
        before="d",
        after="d",
        notes=["n"],
    ),
    EntryType.INCIDENTS_ACKNOWLEDGED: repair_entries.incidents_acknowledged(
        time=TIME, agents=["a"], run="r", incidents=["i"], notes=["n"]
    ),
    EntryType.DESCRIPTION_CHANGED: change_entries.description_changed(
        time=TIME,
        agents=["a"],
        bag="b",
        run="r",
        revision=2,
        tagmanifest="t",
        previous="p",
        awaiting=-1,
        notes=["n"],
    ),
    EntryType.WITHDRAWAL: change_entries.withdrawal(
        time=TIME,
        agents=["a"],
        bag="b",
        run="r",
        tagmanifest="t",
        files=1,
        byte_count=1,
        awaiting=-1,
        declared="d",
        notes=["n"],
    ),
    EntryType.DISPOSAL: change_entries.disposal(time=TIME, agents=["a"], bag="b", run="r", notes=["n"]),
    EntryType.SOFTWARE_CHANGED: change_entries.software_changed(
        time=TIME, agents=["a"], software="s", previous="p"
    ),
    EntryType.KEY_CHANGED: key_changed(
        time=TIME, agents=["a"], run="r", previous=KEY, key=KEY, signature=b"s", note="n"
    ),
    EntryType.KEY_REPLACED: key_replaced(
        time=TIME, agents=["a"], run="r", previous=KEY, key=KEY, signed=2, note="n"
    ),
    EntryType.COPY_STARTED: copy_entries.copy_started(time=TIME, agents=["a"], run="r", copy="c", form="tar"),
    EntryType.COPIED: copy_entries.copied(
        time=TIME,
        agents=["a"],
        run="r",
        started=0,
        copy="c",
        form="tar",
        outcome="complete",
        size=1,
        root="0",
        counts={},
        results="d",
    ),
    EntryType.COPY_AUDIT_STARTED: copy_entries.copy_audit_started(
        time=TIME, agents=["a"], run="r", copy="c", mode="full", selected=1, policy=90, seed="s", sample={}
    ),
    EntryType.COPY_AUDITED: copy_entries.copy_audited(
        time=TIME,
        agents=["a"],
        run="r",
        started=0,
        copy="c",
        outcome="o",
        size=1,
        counts={},
        results="d",
        interrupted=False,
        recorded=TIME,
    ),
}


@pytest.mark.parametrize("kind", EntryType)
def test_every_entry_is_listed_with_exactly_its_members(kind: EntryType) -> None:
    row = re.search(rf"^\| `{kind.value}` \| (.*) \|$", PAGE, re.MULTILINE)
    assert row is not None
    named = set(re.findall("`([a-z]+)`", row[1]))
    members = set(json.loads(SAMPLES[kind])) - {"v", "type", "time", "agents"}
    assert members <= named
    # What else stands there in code are values of these members.
    values = {
        "completed",
        "complete",
        "incomplete",
        "interrupted",
        "full",
        "share",
        "sample",
        "ids",
        "folder",
        "tar",
        "lost",
        "behind",
    }
    assert named - members <= values


def test_every_folder_and_derived_file_of_an_archive_is_named() -> None:
    assert [
        name for name in (*FOLDERS, *DERIVED) if f"`{name}`" not in PAGE and f"`{name}/`" not in PAGE
    ] == []


def test_the_labels_of_bag_info_are_those_that_are_written_in_their_order() -> None:
    shared = BagInfo(organisation="o", contact="c", bagging_date="2026-11-21", accession="a")
    written = bag_info(shared, reference="r", identifiers=["i"], files=1, byte_count=1).decode()
    labels = re.findall(r"^  \| `([A-Za-z-]+)` \|", PAGE, re.MULTILINE)
    assert labels == re.findall("^([A-Za-z-]+): ", written, re.MULTILINE)


def test_columns_and_numbers_are_those_of_the_program() -> None:
    assert f"`{','.join(COLUMNS)}`" in PAGE
    assert f"`application_id` 0x{APPLICATION_ID:08X} and `user_version` {VERSION}" in PAGE
    assert str(TilePath(0, 1234067)).removeprefix("tile/0/") in PAGE


def _members(heading: str, above: str) -> set[str]:
    """The names in the first column of the table that follows some words of a section."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    table = section.partition(above)[2].partition("\n| ")[2].partition("\n\n")[0]
    return {name for row in table.split("\n")[2:] for name in re.findall("`([a-z_]+)`", row.split(" | ")[0])}


def test_members_of_choice_and_counts_are_those_that_are_written() -> None:
    schema = json.loads((ROOT / "schemas" / "audit-report.schema.json").read_text("utf-8"))
    assert _members("Audits", "`choice` in it has") == set(AuditRequest().choice())
    assert _members("Audits", "`counts`, in the list") == set(schema["properties"]["counts"]["required"])
    assert _members("Copies", "`counts` of a copy") == set(CopyCounts().to_json())


def test_what_the_next_writing_command_removes_is_on_the_page() -> None:
    section = PAGE.partition("\n### What a kill leaves\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (.*) \| the next writing command \|$", section, re.MULTILINE)
    named = {name for row in rows for name in re.findall("`([^`]+)`", row)}
    removed = _TEMPORARY.pattern.partition("(?:")[2].partition(")")[0].replace("\\", "").split("|")
    assert named | {"[0-9a-f-]{36}.json"} == set(removed)  # the last stands for the manifests of runs
    assert "| `runs/<run-id>.json`, written anew by `archive catalog rebuild` | the next writing" in section
    assert all(_TEMPORARY.fullmatch(f".{name}.0123456789abcdef.tmp") for name in named)


def test_every_schema_it_refers_to_exists() -> None:
    named = set(re.findall("schemas/([a-z-]+(?:[.]schema)?[.]json)", PAGE))
    assert named
    assert [name for name in named if not (ROOT / "schemas" / name).is_file()] == []


class TestItsOwnChecker:
    """The code on the page needs nothing of this program, and finds what was altered."""

    @pytest.fixture
    def archive(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """An archive of 303 entries, two bundles, with the tag manifests of two bags."""
        monkeypatch.setenv("ARCHIVE_KEY_DIR", str(tmp_path / "keys"))
        made = init(
            tmp_path / "archive", name="V", institution="", contact="", agent="", surroundings=Surroundings()
        )
        root = made.archive.root
        promises = []
        for number in range(2):
            bag = BAG.format(number)
            folder = root / "bags" / bag[-2:] / bag
            os.makedirs(folder)
            (folder / "tagmanifest-sha512.txt").write_bytes(b"%d" % number)
            promises.append(
                entries.ingestion(
                    time=TIME,
                    agents=["a"],
                    bag=bag,
                    run="r",
                    file_count=1,
                    byte_count=1,
                    payload=("sha512", "d"),
                    tagmanifest=hashlib.sha512(b"%d" % number).hexdigest(),
                )
            )
        filling = [SAMPLES[EntryType.AUDIT_STARTED]] * 299
        made.archive.ledger.append([*promises, *filling], made.key.signer, made.key.last_signed)
        return root

    def check(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> list[str]:
        """What the page's code prints in that folder."""
        code = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
        assert code is not None
        monkeypatch.chdir(root)
        exec(code[1], {})  # noqa: S102
        return capsys.readouterr().out.splitlines()

    def test_an_undamaged_archive_holds(
        self, archive: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        expected = ["ledger: holds", *(f"{BAG.format(number)} as recorded" for number in range(2))]
        assert self.check(archive, monkeypatch, capsys) == expected

    def test_an_altered_entry_and_an_altered_bag_are_told(
        self, archive: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bundle = archive / "ledger" / str(TilePath(None, 1, 47))
        bundle.chmod(0o644)
        bundle.write_bytes(bundle.read_bytes().replace(b'"selected":1', b'"selected":2', 1))
        bag = BAG.format(1)
        (archive / "bags" / bag[-2:] / bag / "tagmanifest-sha512.txt").write_bytes(b"2")
        expected = ["ledger: does not hold", f"{BAG.format(0)} as recorded", f"{bag} differs"]
        assert self.check(archive, monkeypatch, capsys) == expected
