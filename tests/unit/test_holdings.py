"""What people ask of the holdings: the right document or a helpful refusal; a copy only of intact bytes."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from archive.core.errors import ArchiveError, BagFormatError, ConfigurationError, ConflictError
from archive.core.ids import short_id
from archive.services.catalog.index_reading import reading_index
from archive.services.holdings.document import DocumentReport, show_document
from archive.services.holdings.reading_copy import ReadingCopy, open_copy
from archive.services.holdings.resolution import resolve
from archive.services.holdings.status import Status
from archive.services.holdings.status import status as look
from archive.services.surroundings import days_before
from archive.storage.index import IndexRow
from tests.archives import MadeArchive, described, make_archive, overwrite

DAY = 86_400_000
FAR = 4_102_444_800_000  # 2100


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """A described letter, one that awaits its description, and a folder of two pages."""
    archive = make_archive(tmp_path, monkeypatch)
    archive.ingest(
        {
            "a.txt": b"one",
            "a.txt.dc.json": described("Letter one", creator="Ana", date="1918"),
            "b %41.txt": b"two",
            "pages/1.txt": b"p1",
            "pages/2\t.txt": b"p2",
            "metadata.csv": b"filename,title,reference\npages/,Two pages,Box 3/2\n",
        }
    )
    return archive


def row(made: MadeArchive, text: str) -> IndexRow:
    with reading_index(made.opened) as reading:
        return resolve(reading.index, text)


def shown(made: MadeArchive, text: str) -> DocumentReport:
    with reading_index(made.opened) as reading:
        return show_document(made.opened, reading.index, resolve(reading.index, text))


def copied(made: MadeArchive, text: str, to: Path | None = None) -> ReadingCopy:
    return open_copy(made.opened, row(made, text), to)


def state(made: MadeArchive, now: int) -> Status:
    with reading_index(made.opened) as reading:
        return look(made.opened, reading.index, now=now)


class TestResolution:
    def test_takes_a_reference_an_id_and_any_unique_ending_in_either_case(self, made: MadeArchive) -> None:
        one = row(made, "Box 3/2")
        for text in (one.bag, short_id(one.bag), one.bag[-4:], one.bag.upper(), f" {one.reference} "):
            assert row(made, text).bag == one.bag

    def test_answers_a_mistyped_reference_with_the_nearest(self, made: MadeArchive) -> None:
        with pytest.raises(ConfigurationError) as refusal:
            row(made, "Box 3/22")
        assert "Box 3/2?" in (refusal.value.remedy or "")
        assert refusal.value.exit_code == 2

    @pytest.mark.parametrize("text", ["", "abc", "../../x", "%", "\x1b[31m", "\udcff", "x" * 9000])
    def test_refuses_everything_else_safely(self, made: MadeArchive, text: str) -> None:
        with pytest.raises(ConfigurationError) as refusal:
            row(made, text)
        assert refusal.value.message.replace("…", "").isprintable()

    def test_names_all_that_an_ending_means(self, made: MadeArchive) -> None:
        with reading_index(made.opened) as reading:
            one, two, _ = list(reading.index.list())

        class Twofold:
            def all_by_reference(self, _: str) -> list[IndexRow]:
                return []

            def by_short_id(self, _: str) -> list[IndexRow]:
                return [one, two]

        with pytest.raises(ConfigurationError) as refusal:
            resolve(Twofold(), "abcd")  # type: ignore[arg-type]
        assert one.reference in refusal.value.message
        assert two.reference in refusal.value.message


class TestShow:
    def test_gives_description_files_events_and_ledger_entry(self, made: MadeArchive) -> None:
        report = shown(made, "Box 3/2")
        document = json.loads(json.dumps(report.to_json()))
        assert document["description"]["title"] == ["Two pages"]
        assert [file["bytes"] for file in document["files"]] == [2, 2]
        assert {event["type"] for event in document["events"]} >= {"ingestion", "message digest calculation"}
        assert document["ledger"]["type"] == "ingestion"
        assert document["findings"] == []

    def test_names_documents_with_the_same_bytes(self, made: MadeArchive) -> None:
        made.ingest({"again.txt": b"one"}, name="second")
        twins = shown(made, row_of(made, "a.txt")).twins
        assert [twin.source for twin in twins] == ["again.txt"]

    def test_of_an_altered_bag_says_what_cannot_be_believed(self, made: MadeArchive) -> None:
        reference = row_of(made, "a.txt")
        path = made.bag(reference) / "metadata/dublin-core.json"
        overwrite(path, path.read_bytes().replace(b"Letter one", b"Letter 1  "))
        report = shown(made, reference)
        assert report.description is None
        assert [finding.code for finding in report.findings] == ["CATALOG-BAG-DOUBTFUL"]


def row_of(made: MadeArchive, source: str) -> str:
    """The reference of the document with that original path."""
    with reading_index(made.opened) as reading:
        return reading.index.by_source(source)[0].reference


class TestOpen:
    def test_gives_the_bytes_under_the_original_name_read_only_with_their_time(
        self, made: MadeArchive, tmp_path: Path
    ) -> None:
        copy = copied(made, row_of(made, "b %41.txt"), tmp_path / "out")
        (path,) = (copy.folder / name for name in copy.files)
        assert (path.name, path.read_bytes(), path.stat().st_mode & 0o777) == ("b %41.txt", b"two", 0o444)
        assert path.stat().st_mtime_ns == (tmp_path / "source" / "b %41.txt").stat().st_mtime_ns

    def test_gives_every_file_of_a_document_of_several(self, made: MadeArchive, tmp_path: Path) -> None:
        copy = copied(made, "Box 3/2", tmp_path / "out")
        assert sorted((tmp_path / "out" / name).read_bytes() for name in copy.files) == [b"p1", b"p2"]
        assert "2\t.txt" in {Path(name).name for name in copy.files}

    def test_of_altered_bytes_is_refused_and_leaves_nothing(self, made: MadeArchive, tmp_path: Path) -> None:
        reference = row_of(made, "a.txt")
        overwrite(made.bag(reference) / "data/a.txt", b"One")
        with pytest.raises(BagFormatError) as refusal:
            copied(made, reference, tmp_path / "out")
        assert [finding.code for finding in refusal.value.findings] == ["FIX-ALTERED"]
        assert list((tmp_path / "out").iterdir()) == []

    def test_of_one_altered_page_leaves_no_other(self, made: MadeArchive, tmp_path: Path) -> None:
        data = made.bag("Box 3/2") / "data"
        last = max(path for path in data.rglob("*") if path.is_file())
        overwrite(last, b"xx")
        with pytest.raises(BagFormatError):
            copied(made, "Box 3/2", tmp_path / "out")
        assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()] == []

    def test_of_a_payload_forged_with_its_manifests_is_refused(
        self, made: MadeArchive, tmp_path: Path
    ) -> None:
        import hashlib

        reference = row_of(made, "a.txt")
        bag = made.bag(reference)
        overwrite(bag / "data/a.txt", b"One")
        digest = hashlib.sha512(b"One").hexdigest()
        overwrite(bag / "manifest-sha512.txt", f"{digest}  data/a.txt\n".encode())
        with pytest.raises(BagFormatError):
            copied(made, reference, tmp_path / "out")

    @pytest.mark.parametrize("kind", ["link", "pipe", "gone"])
    def test_of_what_is_no_file_any_more_is_refused_without_waiting(
        self, made: MadeArchive, tmp_path: Path, kind: str
    ) -> None:
        reference = row_of(made, "a.txt")
        path = made.bag(reference) / "data/a.txt"
        path.parent.chmod(0o755)
        path.unlink()
        if kind == "link":
            path.symlink_to(tmp_path / "source/a.txt")
        elif kind == "pipe":
            os.mkfifo(path)
        with pytest.raises(ArchiveError):
            copied(made, reference, tmp_path / "out")

    def test_never_overwrites(self, made: MadeArchive, tmp_path: Path) -> None:
        (tmp_path / "out").mkdir()
        (tmp_path / "out/a.txt").write_bytes(b"mine")
        with pytest.raises(ConflictError):
            copied(made, row_of(made, "a.txt"), tmp_path / "out")
        assert (tmp_path / "out/a.txt").read_bytes() == b"mine"


class TestStatus:
    def test_says_what_is_held_and_what_to_do(self, made: MadeArchive) -> None:
        report = state(made, 0)
        assert (report.documents, report.files, report.runs, report.awaiting) == (3, 4, 1, 1)
        assert (report.never_checked, report.overdue, report.last_audit) == (3, 0, None)
        assert report.next_steps()[0].endswith("archive audit")
        json.dumps(report.to_json())

    def test_counts_the_promise_from_the_ingest(self, made: MadeArchive) -> None:
        assert (state(made, FAR).overdue, state(made, FAR).due) == (3, 0)
        assert "--older-than" in state(made, FAR).next_steps()[0]

    @pytest.mark.parametrize("days", [1, 7])
    def test_of_a_promise_of_a_few_days_names_a_command_that_works(
        self, made: MadeArchive, days: int
    ) -> None:
        report = replace(state(made, FAR), promise_days=days)
        assert report.next_steps()[0] == "keep the promise: archive audit"

    def test_of_a_new_archive_asks_for_documents(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        report = state(make_archive(tmp_path, monkeypatch), 0)
        assert report.next_steps() == ["take documents in: archive ingest FOLDER"]

    def test_counts_days_at_any_clock(self) -> None:
        assert days_before(DAY, 1) == "1970-01-01T00:00:00.000Z"
        assert days_before(0, 36_500) == "1870-01-25T00:00:00.000Z"
        assert days_before(1 << 62, 1).startswith("9999-12-30")
        assert days_before(-5, 3_000_000).startswith("0001-")
