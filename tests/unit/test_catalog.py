"""The catalog against ledger and bags: altered, stale, missing, unknown, doubtful, each named as that."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive import schemas
from archive.cli.frame import run
from archive.core.catalog_manifest import CatalogCheckpoint, ClosedRun, Totals, catalog_lines
from archive.core.exit_codes import UNREADABLE
from archive.core.findings import Finding
from archive.services.catalog.index_reading import optional_index, reading_index
from archive.services.catalog.verification import verify_catalog
from archive.storage.index import Index
from tests.archives import MadeArchive, described, make_archive, overwrite


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MadeArchive:
    """Two runs: a described letter and one that awaits its description; then another letter."""
    archive = make_archive(tmp_path, monkeypatch)
    archive.ingest({"a.txt": b"one", "a.txt.dc.json": described("Letter one"), "b.txt": b"two"}, name="first")
    archive.ingest({"c.txt": b"three"}, name="second")
    return archive


def verified(made: MadeArchive) -> list[Finding]:
    archive = made.opened
    return verify_catalog(archive, archive.checkpoint())


def codes(made: MadeArchive) -> list[str]:
    return [finding.code for finding in verified(made)]


def edited(made: MadeArchive, change: Callable[[str], str]) -> Finding:
    """The one finding after an edit of catalog.json."""
    path = made.root / "catalog.json"
    text = path.read_text()
    assert change(text) != text
    path.write_text(change(text))
    (finding,) = verified(made)
    return finding


class TestWritten:
    def test_follows_its_schema_and_counts_what_is_held(self, made: MadeArchive) -> None:
        document = json.loads((made.root / "catalog.json").read_bytes())
        assert schemas.explain("catalog", document) == []
        assert document["counts"] == {"awaiting": 2, "bags": 3, "bytes": 11, "files": 3, "withdrawn": 0}
        assert [run["bags"] for run in document["runs"]] == [2, 1]
        assert document["checkpoint"]["size"] == made.opened.checkpoint().size

    def test_holds(self, made: MadeArchive) -> None:
        assert verified(made) == []

    def test_before_anything_is_ingested_there_is_nothing_to_say(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert verified(make_archive(tmp_path, monkeypatch)) == []

    def test_without_runs_is_json_too(self) -> None:
        totals = Totals(CatalogCheckpoint(1, "", ""), 0)
        lines = catalog_lines(archive="a", origin="o", runs=(), totals=lambda: totals)
        assert json.loads(b"".join(line.data for line in lines))["runs"] == []

    def test_asks_for_its_totals_after_the_last_run(self) -> None:
        passed: list[int] = []

        def runs() -> Iterator[ClosedRun]:
            for number in range(3):
                passed.append(number)
                yield ClosedRun(number, "r", "completed", 1, 1, 1, "m")

        lines = catalog_lines(
            archive="a",
            origin="o",
            runs=runs(),
            totals=lambda: Totals(CatalogCheckpoint(sum(passed), "", ""), 0),
        )
        assert json.loads(b"".join(line.data for line in lines))["checkpoint"]["size"] == 3

    def test_appends_to_the_holdings_list_what_is_new(self, made: MadeArchive) -> None:
        before = (made.root / "holdings.csv").read_bytes()
        made.ingest({"d.txt": b"four"}, name="third")
        after = (made.root / "holdings.csv").read_bytes()
        assert after.startswith(before)
        assert after.count(b"\n") == 5

    def test_writes_the_holdings_list_in_full_where_somebody_edited_it(self, made: MadeArchive) -> None:
        path = made.root / "holdings.csv"
        kept = path.read_bytes()
        path.write_bytes(kept.replace(b"Letter one", b"Letter 1"))
        made.ingest({"d.txt": b"four"}, name="third")
        assert path.read_bytes().startswith(kept)


class TestAltered:
    @pytest.mark.parametrize(
        ("old", "new", "member"),
        [
            ('"bags":2', '"bags":3', "runs[0].bags"),
            ('"files":1,', '"files":2,', "runs[1].files"),
            ('"awaiting":2', '"awaiting":1', "counts.awaiting"),
            ('"withdrawn":0', '"withdrawn":1', "counts.withdrawn"),
            ('"origin":"', '"origin":"x', "origin"),
            ('"kind":"catalog"', '"kind":"other"', "kind"),
            ('"root":"', '"root":"A', "checkpoint.root"),
        ],
    )
    def test_names_the_first_member_that_differs(
        self, made: MadeArchive, old: str, new: str, member: str
    ) -> None:
        finding = edited(made, lambda text: text.replace(old, new, 1))
        assert finding.code == "CATALOG-ALTERED"
        assert finding.message.startswith(f"{member} is not")

    def test_a_run_left_out_is_found(self, made: MadeArchive) -> None:
        finding = edited(
            made,
            lambda text: "".join(text.splitlines(keepends=True)[:2] + text.splitlines(keepends=True)[3:]),
        )
        assert (finding.code, finding.message[:7]) == ("CATALOG-ALTERED", "runs[0]")

    @pytest.mark.parametrize("cut", [0, 1, 100, 300, -1])
    def test_a_cut_is_found(self, made: MadeArchive, cut: int) -> None:
        assert edited(made, lambda text: text[:cut]).code == "CATALOG-ALTERED"

    def test_what_follows_its_end_is_found(self, made: MadeArchive) -> None:
        assert "follows its end" in edited(made, lambda text: text + " ").message

    def test_a_size_beyond_the_ledger_is_found(self, made: MadeArchive) -> None:
        size = made.opened.checkpoint().size
        assert (
            edited(made, lambda text: text.replace(f'"size":{size}', '"size":99')).code == "CATALOG-ALTERED"
        )

    def test_a_link_or_pipe_in_its_place_is_found_without_waiting(self, made: MadeArchive) -> None:
        path = made.root / "catalog.json"
        path.rename(made.root / "away.json")
        path.symlink_to("away.json")
        assert codes(made) == ["CATALOG-ALTERED"]
        path.unlink()
        os.mkfifo(path)
        assert codes(made) == ["CATALOG-ALTERED"]

    def test_is_made_anew_by_rebuild(self, made: MadeArchive) -> None:
        kept = (made.root / "catalog.json").read_bytes()
        (made.root / "catalog.json").write_bytes(b"{}")
        made.rebuild()
        assert (made.root / "catalog.json").read_bytes() == kept


class TestStale:
    def test_the_catalog_of_an_earlier_state_is_a_warning(self, made: MadeArchive) -> None:
        earlier = (made.root / "catalog.json").read_bytes()
        made.ingest({"d.txt": b"four"}, name="third")
        (made.root / "catalog.json").write_bytes(earlier)
        assert codes(made) == ["CATALOG-STALE"]
        archive = made.opened
        (finding,) = verify_catalog(archive, archive.checkpoint(), pending=True)
        assert finding.severity == "note"

    def test_an_earlier_state_that_was_edited_is_altered(self, made: MadeArchive) -> None:
        earlier = (made.root / "catalog.json").read_bytes()
        made.ingest({"d.txt": b"four"}, name="third")
        (made.root / "catalog.json").write_bytes(earlier.replace(b'"bags":2', b'"bags":1', 1))
        assert codes(made) == ["CATALOG-ALTERED"]

    def test_an_absent_catalog_is_a_warning(self, made: MadeArchive) -> None:
        (made.root / "catalog.json").unlink()
        assert codes(made) == ["CATALOG-MISSING"]

    def test_a_reader_with_an_older_checkpoint_raises_no_alarm(self, made: MadeArchive) -> None:
        archive = made.opened
        older = archive.checkpoint()
        made.ingest({"d.txt": b"four"}, name="third")
        assert verify_catalog(archive, older) == []


class TestRunManifests:
    def test_altered_missing_and_unknown_ones_are_named(self, made: MadeArchive) -> None:
        runs = made.root / "runs"
        first, second = sorted(runs.iterdir())
        overwrite(first, first.read_bytes().replace(b"Letter one", b"Letter 1"))
        second.unlink()
        (runs / "0190.json").write_bytes(b"{}")
        (runs / ".DS_Store").write_bytes(b"")
        found = {finding.place: finding.code for finding in verified(made)}
        assert found == {
            "runs/.DS_Store": "CATALOG-LITTER",
            "runs/0190.json": "CATALOG-RUN-UNKNOWN",
            f"runs/{first.name}": "CATALOG-RUN-ALTERED",
            f"runs/{second.name}": "CATALOG-RUN-MISSING",
        }

    def test_that_is_missing_comes_back_only_with_the_bytes_that_the_ledger_knows(
        self, made: MadeArchive
    ) -> None:
        made.ingest({"d.txt": b"four", "d/.DS_Store": b""}, name="third", accession="A 7")
        first, second, third = sorted((made.root / "runs").iterdir())
        kept = first.read_bytes()
        for path in (first, third):
            path.unlink()
        overwrite(second, b"{}")
        assert made.rebuild().restored == (first.stem,)
        assert first.read_bytes() == kept
        assert second.read_bytes() == b"{}"
        assert sorted(codes(made)) == [
            "CATALOG-RUN-ALTERED",
            "CATALOG-RUN-MISSING",
        ]  # the third left a file out


class TestIndex:
    @pytest.mark.parametrize(
        "damage",
        [
            Path.unlink,
            lambda path: path.write_bytes(b"x"),
            lambda path: path.write_bytes(b""),
            lambda path: (path.unlink(), path.mkdir()),
        ],
    )
    def test_that_cannot_be_used_is_a_warning_and_made_anew_by_the_next_writer(
        self, made: MadeArchive, damage: Callable[[Path], object]
    ) -> None:
        path = made.root / "catalog.sqlite"
        damage(path)
        assert codes(made) == ["CATALOG-INDEX"]
        made.ingest({"d.txt": b"four"}, name="third")
        assert verified(made) == []
        with Index.open(str(path)) as index:
            assert index.counts().documents == 4

    def test_a_folder_with_things_in_its_place_is_named_with_what_to_do_and_left_alone(
        self, made: MadeArchive, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = made.root / "catalog.sqlite"
        path.unlink()
        (path / "theirs").mkdir(parents=True)
        before = sorted(os.listdir(made.root))
        assert run(["-C", str(made.root), "catalog", "rebuild"]) == UNREADABLE
        told = capsys.readouterr().err
        assert "catalog.sqlite: a folder in the place of the index" in told
        assert "move it out of the archive" in told
        assert (path / "theirs").is_dir()
        assert sorted(os.listdir(made.root)) == before
        path.rename(made.root.parent / "moved")
        assert run(["-C", str(made.root), "catalog", "rebuild"]) == 0

    def test_of_another_archive_is_not_used(
        self, made: MadeArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "other").mkdir()
        other = make_archive(tmp_path / "other", monkeypatch)
        other.ingest({"x.txt": b"x"})
        shutil.copy(other.root / "catalog.sqlite", made.root / "catalog.sqlite")
        assert codes(made) == ["CATALOG-INDEX"]
        with optional_index(made.opened) as index:
            assert index is None
        with reading_index(made.opened) as reading:
            assert reading.index.counts().documents == 3
            assert [finding.code for finding in reading.findings] == ["CATALOG-INDEX"]

    def test_of_an_earlier_state_is_caught_up_beside_the_archive(self, made: MadeArchive) -> None:
        path = made.root / "catalog.sqlite"
        earlier = path.read_bytes()
        made.ingest({"d.txt": b"four"}, name="third")
        path.write_bytes(earlier)
        with reading_index(made.opened) as reading:
            assert reading.index.counts().documents == 4
            assert "entries behind" in reading.findings[0].message
        assert path.read_bytes() == earlier

    def test_with_a_forged_state_is_not_used(self, made: MadeArchive) -> None:
        with Index.open(str(made.root / "catalog.sqlite"), writable=True) as index:
            index.reflects(size=2, root=bytes(32))
        assert codes(made) == ["CATALOG-INDEX"]

    def test_that_miscounts_is_a_warning(self, made: MadeArchive) -> None:
        with Index.open(str(made.root / "catalog.sqlite"), writable=True) as index, index.change():
            index._db.execute("DELETE FROM documents WHERE entry = (SELECT max(entry) FROM documents)")
        assert codes(made) == ["CATALOG-INDEX"]

    def test_that_lost_documents_is_not_read_and_made_anew_by_the_next_writer(
        self, made: MadeArchive
    ) -> None:
        with Index.open(str(made.root / "catalog.sqlite"), writable=True) as index, index.change():
            index._db.execute("DELETE FROM documents WHERE entry = (SELECT max(entry) FROM documents)")
        with reading_index(made.opened) as reading:
            assert reading.index.counts().documents == 3
            assert "lacks documents" in reading.findings[0].message
        made.ingest({"d.txt": b"four"}, name="third")
        assert codes(made) == []
        with Index.open(str(made.root / "catalog.sqlite")) as index:
            assert index.counts().documents == 4


class TestDoubtfulBags:
    @pytest.mark.parametrize(
        "name", ["tagmanifest-sha512.txt", "metadata/dublin-core.json", "metadata/premis.xml"]
    )
    def test_are_not_believed_and_keep_their_row(self, made: MadeArchive, name: str) -> None:
        path = made.bag("2026-000001") / name
        overwrite(path, path.read_bytes() + b" ")
        rebuilt = made.rebuild()
        assert [finding.code for finding in rebuilt.findings] == ["CATALOG-BAG-DOUBTFUL"]
        with reading_index(made.opened) as reading:
            row = reading.index.by_reference("2026-000001")
            assert row is not None
            assert row.title.startswith("[")
            assert reading.index.counts().documents == 3

    def test_that_are_gone_or_links_keep_their_row(self, made: MadeArchive, tmp_path: Path) -> None:
        bag = made.bag("2026-000001")
        bag.chmod(0o755)
        bag.rename(tmp_path / "away")
        assert len(made.rebuild().findings) == 1
        bag.symlink_to(tmp_path / "away")
        assert len(made.rebuild().findings) == 1

    def test_a_pipe_for_a_description_makes_nobody_wait(self, made: MadeArchive) -> None:
        folder = made.bag("2026-000001") / "metadata"
        folder.chmod(0o755)
        (folder / "dublin-core.json").unlink()
        os.mkfifo(folder / "dublin-core.json")
        assert len(made.rebuild().findings) == 1
