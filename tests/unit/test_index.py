"""The index: what is added is found again, nothing that is not exactly ours is opened, no reader blocks."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.core.descriptions.access import parse_access
from archive.core.descriptions.description import Description, Value
from archive.core.search_query import parse_search
from archive.storage.index import Index, IndexUnusableError
from archive.storage.index.connection import guarded
from tests.indexed import TIME, holding, words


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with Index.create(str(tmp_path / "catalog.sqlite")) as made:
        yield made


def read_all(path: str) -> None:
    with Index.open(path) as index:
        list(index.list())
        index.search(parse_search("letter"))


def found(index: Index, query: str) -> list[str]:
    return [row.reference for row in index.search(parse_search(query))]


class TestWhatIsAdded:
    def test_is_found_by_reference_id_source_and_payload_with_every_fact(self, index: Index) -> None:
        one = holding(
            7,
            source="caf\udce9/\u2028.txt",
            accession="2026-4",
            declared=True,
            awaiting=True,
            description=words(title="Café", creator="Ana", date="1918~"),
        )
        index.add([holding(6), one])
        row = index.by_reference(one.reference)
        assert row is not None
        expected = (one.bag, one.source, one.payload_key, one.tag_manifest, one.accession)
        assert (row.bag, row.source, row.payload_key, row.tag_manifest, row.accession) == expected
        assert (row.title, row.creator, row.date) == ("Café", "Ana", "1918~")
        assert (row.entry, row.declared, row.awaiting, row.state) == (7, True, True, "held")
        assert index.by_bag(one.bag) == row
        assert index.by_source(one.source) == [row]
        assert index.by_payload(one.payload_key) == [row]

    @pytest.mark.parametrize("length", [4, 8, 12, 13, 17, 36])
    def test_is_found_by_any_ending_of_its_id(self, index: Index, length: int) -> None:
        one = holding(1, bag="01900000-0000-7000-8000-0123456789ab")
        index.add([one, holding(2, bag="01900000-0000-7000-8000-f123456789aa")])
        assert [row.bag for row in index.by_short_id(one.bag[-length:])] == [one.bag]

    def test_is_found_with_all_others_whose_id_ends_so(self, index: Index) -> None:
        bags = ["01900000-0000-7000-8000-aaaa456789ab", "01900000-0000-7000-8000-bbbb456789ab"]
        index.add([holding(number, bag=bag) for number, bag in enumerate(bags, 1)])
        assert [row.bag for row in index.by_short_id("56789ab")] == bags
        assert index.by_short_id("%") == []

    def test_twice_is_refused_and_leaves_nothing_of_that_change(self, index: Index) -> None:
        index.add([holding(1)])
        with pytest.raises(IndexUnusableError), index.change():
            index.add([holding(2), holding(3, bag=holding(1).bag)])
        assert index.counts().documents == 1
        assert found(index, "letter") == ["2026-000001"]

    def test_of_the_reference_of_another_is_taken_in_and_found_behind_it(self, index: Index) -> None:
        index.add([holding(1), holding(2, reference="2026-000001"), holding(3, reference="2026-000001")])
        index.withdraw(1, change=4)
        row = index.by_reference("2026-000001")
        assert row is not None
        assert row.entry == 2
        assert [each.entry for each in index.all_by_reference("2026-000001")] == [2, 3, 1]

    def test_is_listed_in_order_under_every_condition_across_many_pages(self, index: Index) -> None:
        index.add(
            holding(n, awaiting=n % 2 == 0, accession="A" if n % 3 == 0 else None) for n in range(1, 2502)
        )
        assert [row.entry for row in index.list()] == list(range(1, 2502))
        assert [row.entry for row in index.list(undescribed=True, accession="A")] == list(range(6, 2502, 6))
        assert [row.entry for row in index.list(limit=1001, since=5)] == list(range(5, 1006))
        assert list(index.list(run="other")) == []

    def test_is_counted(self, index: Index) -> None:
        index.add([holding(1), holding(2, awaiting=True, files=3)])
        counts = index.counts()
        assert (counts.documents, counts.files, counts.bytes, counts.awaiting) == (2, 4, 30, 1)


class TestSearch:
    def test_folds_diacritics_case_and_unicode_forms(self, index: Index) -> None:
        index.add([holding(1, description=words(title="Cafe\u0301 STRASSE ﬁn"))])
        for query in ("café", "CAFE", "straße", "fin", "Caf*"):
            assert found(index, query) == ["2026-000001"], query

    def test_finds_any_part_of_text_that_is_written_without_spaces(self, index: Index) -> None:
        index.add(
            [holding(1, description=words(title="渡口日記")), holding(2, description=words(title="口渡"))]
        )
        assert found(index, "口日") == ["2026-000001"]

    def test_finds_arabic_with_and_without_vowel_points(self, index: Index) -> None:
        index.add([holding(1, description=words(title="رسالة سلّة"))])
        assert found(index, "سلة") == ["2026-000001"]

    def test_keeps_to_the_field_that_is_named(self, index: Index) -> None:
        index.add(
            [
                holding(1, description=words(title="Mill", creator="Ana")),
                holding(2, description=words(title="Ana")),
            ]
        )
        assert found(index, "creator:ana") == ["2026-000001"]
        assert sorted(found(index, "ana")) == ["2026-000001", "2026-000002"]

    def test_does_not_take_a_word_for_a_language_nor_a_language_for_a_word(self, index: Index) -> None:
        index.add(
            [
                holding(1, description=words(title="A", language="en")),
                holding(2, description=words(title="en")),
            ]
        )
        assert found(index, "en") == ["2026-000002"]
        assert found(index, "language:en") == ["2026-000001"]

    def test_leaves_out_what_has_a_minus(self, index: Index) -> None:
        index.add([holding(n, description=words(title=text)) for n, text in ((1, "mill draft"), (2, "mill"))])
        assert found(index, "mill -draft") == ["2026-000002"]
        assert found(index, "-draft") == ["2026-000002"]

    @pytest.mark.parametrize(
        ("date", "query", "hit"),
        [
            ("1918/1920", "date:1919", True),
            ("1918/1920", "date:1921..", False),
            ("191X", "date:1915..1916", True),
            ("../1919", "date:..1800", True),
            ("-0044", "date:-0050..-0040", True),
            ("tomorrow", "date:1000..3000", False),
            ("1918", "-date:1918", False),
            ("1918-12-31", "date:1918-11..1918-12-30", False),
        ],
    )
    def test_finds_dates_by_what_they_may_mean(
        self, index: Index, date: str, query: str, *, hit: bool
    ) -> None:
        index.add([holding(1, description=words(title="A", date=date))])
        assert bool(found(index, query)) is hit

    def test_looks_at_each_date_by_itself(self, index: Index) -> None:
        description = Description({"created": (Value("1850"),), "issued": (Value("1990"),)})
        index.add([holding(1, description=description)])
        assert found(index, "date:1920") == []
        assert found(index, "date:1990") == ["2026-000001"]

    def test_counts_more_than_it_gives(self, index: Index) -> None:
        index.add(holding(n) for n in range(1, 31))
        query = parse_search("letter")
        assert (len(index.search(query, limit=7)), index.count(query)) == (7, 30)


def test_embargoes_that_are_over_crowd_out_none_that_end_soon(index: Index) -> None:
    until = ["2026-01-01"] * 25 + ["2026-02-10", "2026-02-05", "2026-04-01"]
    index.add(
        holding(number, description=Description(words(title="x").terms, access=parse_access(text)))
        for number, text in enumerate((f"embargoed until {day}" for day in until), 1)
    )
    found = [row.entry for row in index.embargoes_until("2026-03-01", "2026-02-01", 20)]
    assert found == [27, 26, *range(1, 19)]


class TestChecks:
    def test_order_those_never_checked_first_then_by_time_then_by_entry(self, index: Index) -> None:
        held = [holding(n) for n in range(1, 5)]
        index.add(held)
        index.mark_checked(
            [(held[0].bag, TIME.format(3), "intact"), (held[2].bag, TIME.format(2), "intact")],
            recorded=TIME.format(3),
        )
        assert [row.entry for row in index.oldest_first()] == [2, 4, 3, 1]
        assert index.unchecked_since(TIME.format(2)) == 2
        assert index.unchecked_since(TIME.format(1)) == 0  # ingested then
        assert index.unchecked_since(TIME.format(2), TIME.format(2)) == 3  # the third lies ahead

    def test_are_due_by_the_last_check_and_not_by_an_ingest_that_a_wrong_clock_dated_later(
        self, index: Index
    ) -> None:
        one = holding(1, ingested=TIME.format(9))
        index.add([one])
        index.mark_checked([(one.bag, TIME.format(3), "intact")], recorded=TIME.format(3))
        assert index.unchecked_since(TIME.format(3), TIME.format(5)) == 0
        assert index.unchecked_since(TIME.format(4), TIME.format(5)) == 1

    def test_order_more_than_a_page_without_loss_or_repetition(self, index: Index) -> None:
        held = [holding(n) for n in range(1, 2500)]
        index.add(held)
        index.mark_checked(
            ((one.bag, TIME.format(2), "intact") for one in held[:1500]), recorded=TIME.format(2)
        )
        entries = [row.entry for row in index.oldest_first()]
        assert entries == [*range(1501, 2500), *range(1, 1501)]

    def test_remember_since_when_a_bag_is_damaged_until_it_is_intact_again(self, index: Index) -> None:
        one = holding(1)
        index.add([one])
        for day, outcome, since in (
            (2, "damaged", TIME.format(2)), (3, "missing", TIME.format(2)), (4, "intact", None)
        ):  # fmt: skip
            index.mark_checked([(one.bag, TIME.format(day), outcome)], recorded=TIME.format(day))
            assert index.damaged_since(one.bag) == since
        row = index.by_bag(one.bag)
        assert row is not None
        assert (row.last_checked, row.last_intact, row.last_outcome) == (
            TIME.format(4),
            TIME.format(4),
            "intact",
        )

    def test_that_could_not_look_leave_the_bag_as_long_unchecked_as_it_was(self, index: Index) -> None:
        one = holding(1)
        index.add([one])
        rows = [(one.bag, TIME.format(2), "intact"), (one.bag, TIME.format(5), "unreadable")]
        index.mark_checked(rows, recorded=TIME.format(5))
        row = index.by_bag(one.bag)
        assert row is not None
        assert (row.last_checked, row.last_outcome) == (TIME.format(2), "unreadable")

    def test_that_are_older_than_what_is_known_change_nothing(self, index: Index) -> None:
        one = holding(1)
        index.add([one])
        rows = [(one.bag, TIME.format(5), "intact"), (one.bag, TIME.format(4), "damaged")]
        index.mark_checked(rows, recorded=TIME.format(5))
        assert index.damaged_since(one.bag) is None

    def test_of_a_clock_that_was_ahead_give_way_to_what_the_ledger_took_later(self, index: Index) -> None:
        one = holding(1)
        index.add([one])
        index.mark_checked([(one.bag, TIME.format(9), "intact")], recorded=TIME.format(9))
        index.mark_checked([(one.bag, TIME.format(4), "damaged")], recorded=TIME.format(4))
        row = index.by_bag(one.bag)
        assert row is not None
        assert (row.last_checked, row.last_outcome) == (TIME.format(4), "damaged")


class TestNumbers:
    def test_go_on_from_the_highest_reference_of_that_form_and_year(self, index: Index) -> None:
        references = ["2026-000037", "2026-box 9", "2025-000099", "2026-000005", "2026-12", "2026-0000012x"]
        index.add(holding(n, reference=text) for n, text in enumerate(references, 1))
        assert index.next_number(2026) == 38
        assert index.next_number(2027) == 1

    def test_go_on_beyond_six_digits(self, index: Index) -> None:
        index.add([holding(1, reference="2026-999999"), holding(2, reference="2026-1000000")])
        assert index.next_number(2026) == 1_000_001


class TestOpening:
    @pytest.mark.parametrize(
        "content", [b"", b"SQLite format 3\x00" + b"\0" * 4080, b"no database", os.urandom(4096)]
    )
    def test_refuses_what_is_no_index(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "catalog.sqlite"
        path.write_bytes(content)
        with pytest.raises(IndexUnusableError):
            Index.open(str(path))

    @pytest.mark.parametrize(
        "statement",
        [
            "PRAGMA user_version=99",
            "PRAGMA application_id=7",
            "CREATE TABLE more (a)",
            "DROP INDEX documents_run",
            "CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM documents; END",
            "CREATE VIEW words_v AS SELECT 1",
        ],
    )
    def test_refuses_tables_that_are_not_exactly_ours(self, tmp_path: Path, statement: str) -> None:
        path = tmp_path / "catalog.sqlite"
        Index.create(str(path)).close()
        with sqlite3.connect(path) as foreign:
            foreign.execute(statement)
        foreign.close()
        with pytest.raises(IndexUnusableError):
            Index.open(str(path))

    def test_refuses_a_link_a_folder_and_a_pipe_without_waiting(self, tmp_path: Path) -> None:
        Index.create(str(tmp_path / "real")).close()
        (tmp_path / "link").symlink_to("real")
        (tmp_path / "folder").mkdir()
        os.mkfifo(tmp_path / "pipe")
        for name in ("link", "folder", "pipe", "absent"):
            with pytest.raises(IndexUnusableError):
                Index.open(str(tmp_path / name))

    def test_finds_torn_pages_as_unusable(self, tmp_path: Path) -> None:
        path = tmp_path / "catalog.sqlite"
        with Index.create(str(path)) as index:
            index.add(holding(n) for n in range(1, 500))
        data = bytearray(path.read_bytes())
        data[8192:] = os.urandom(len(data) - 8192)
        path.write_bytes(data)
        with pytest.raises(IndexUnusableError):
            read_all(str(path))

    def test_for_reading_lets_nothing_be_written(self, index: Index) -> None:
        with Index.open(index.path) as reader, pytest.raises(IndexUnusableError):
            reader.add([holding(1)])

    def test_for_writing_keeps_a_rollback_journal_and_syncs_all(self, tmp_path: Path) -> None:
        path = str(tmp_path / "catalog.sqlite")
        Index.create(path).close()
        with Index.open(path, writable=True) as index:
            assert index._db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
            assert index._db.execute("PRAGMA synchronous").fetchone() == (3,)

    def test_readers_that_pause_in_a_list_keep_no_writer_waiting(self, tmp_path: Path) -> None:
        path = str(tmp_path / "catalog.sqlite")
        with Index.create(path) as writer:
            writer.add(holding(n) for n in range(1, 1500))
            with Index.open(path) as reader:
                rows = reader.list()
                next(rows)
                writer._db.execute("PRAGMA busy_timeout=0")
                with writer.change():
                    writer.add([holding(1500)])
                assert sum(1 for _ in rows) == 1499


def test_a_full_disk_is_told_with_what_to_do_about_it(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "small.sqlite")) as small:
        small.execute("PRAGMA max_page_count = 1")
        with pytest.raises(IndexUnusableError) as refused, guarded():
            small.execute("CREATE TABLE more (text)")
    assert "free some space" in (refused.value.remedy or "")
    assert "catalog rebuild" in (refused.value.remedy or "")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM incidents WHERE bag = 'x'",
        "SELECT 1 FROM incidents WHERE closed = '' AND bag = 'x'",
        "SELECT 1 FROM documents WHERE payload_key = x'00'",
        "SELECT 1 FROM changes WHERE document = 1",
        "SELECT 1 FROM repairs WHERE document = 1",
        "SELECT 1 FROM copy_faults WHERE document = 1",
        "SELECT 1 FROM parents WHERE parent = 'x'",
    ],
)
def test_what_is_asked_for_every_document_is_no_search_through_a_table(index: Index, statement: str) -> None:
    plan = index._db.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
    assert [step[3] for step in plan if step[3].startswith("SCAN")] == []
