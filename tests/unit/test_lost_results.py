"""Where the results of an audit that found damage are lost, what it looked at is not known to be good."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from archive.core.ledger.entries import EntryType, parse_entry
from tests.archives import overwrite
from tests.changes import Changing
from tests.copying import FORMS, codes, copy
from tests.refusals import refuse


def lose(changing: Changing, kind: str = EntryType.AUDIT_FINISHED, *, to: Path | None = None) -> Path:
    """Takes the results of the last such run out of the archive, and its index."""
    ended = [parse_entry(raw) for raw in changing.made.opened.ledger.entries()]
    run = [entry.run for entry in ended if entry.type == kind][-1]
    lost = changing.root / "audits" / str(run)
    shutil.copytree(lost, to) if to is not None else None
    shutil.rmtree(lost)
    (changing.root / "catalog.sqlite").unlink()
    return lost


def good(changing: Changing) -> dict[int, int]:
    """How many documents have how many good copies."""
    return {one["good"]: one["documents"] for one in changing("status")["copies"]}


def errors(report: Any) -> list[str]:
    """The codes of its errors."""
    return [one["code"] for one in report["findings"] if one["severity"] == "error"]


@pytest.fixture
def disk(changing: Changing, tmp_path: Path) -> Path:
    """A copy of the archive of three documents."""
    copy(changing, tmp_path / "disk")
    return tmp_path / "disk"


@pytest.fixture
def damaged(changing: Changing, disk: Path) -> Changing:
    """An audit of the archive has found b.txt damaged, and its results are lost."""
    assert disk.is_dir()
    overwrite(changing.bag("b.txt") / "data/b.txt", b"bad")
    changing("audit", code=1)
    assert good(changing) == {2: 2, 1: 1}
    lose(changing)
    return changing


class TestOfTheArchive:
    """Nothing that was held then is known to be good, until it is read again."""

    def test_no_document_counts_as_good(self, damaged: Changing) -> None:
        status = damaged("status")
        assert {one["good"]: one["documents"] for one in status["copies"]} == {1: 3}
        assert errors(status) == ["AUDIT-RESULTS"]
        assert any("results are lost: archive audit" in step for step in status["next"])
        assert len(damaged("list", "--copies-below", "2")["documents"]) == 3
        text = damaged.text("status")
        assert "damaged        nothing known" not in text
        assert "not known of 3 documents" in text
        assert "No damage is known" not in damaged.text("incidents")
        assert errors(damaged("incidents")) == ["AUDIT-RESULTS"]

    def test_a_repair_reads_what_it_looked_at(self, damaged: Changing, disk: Path) -> None:
        report = damaged("repair", "--yes", "--from", str(disk))
        assert (report["looked"], report["counts"]["repaired"]) == (3, 1)
        assert (damaged.bag("b.txt") / "data/b.txt").read_bytes() != b"bad"
        assert good(damaged) == {2: 1, 1: 2}

    def test_what_was_read_since_is_known(self, damaged: Changing) -> None:
        damaged("audit", damaged.reference("a.txt"), code=None)
        assert good(damaged) == {2: 1, 1: 2}
        damaged("audit", code=1)
        assert good(damaged) == {2: 2, 1: 1}
        assert errors(damaged("status")) == []

    def test_it_is_known_again_once_they_are_put_back(
        self, changing: Changing, disk: Path, tmp_path: Path
    ) -> None:
        assert disk.is_dir()
        overwrite(changing.bag("b.txt") / "data/b.txt", b"bad")
        changing("audit", code=1)
        lost = lose(changing, to=tmp_path / "kept")
        changing("describe", changing.reference("a.txt"), "--set", "dc.title=Other")
        assert good(changing) == {1: 3}
        shutil.copytree(tmp_path / "kept", lost)
        assert good(changing) == {2: 2, 1: 1}
        assert errors(changing("status")) == []

    @pytest.mark.parametrize("how", ["altered", "refused"])
    def test_results_that_are_not_those_on_record(
        self, changing: Changing, disk: Path, how: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert disk.is_dir()
        overwrite(changing.bag("b.txt") / "data/b.txt", b"bad")
        run = changing("audit", code=1)["run"]
        (chunk,) = (changing.root / "audits" / run).glob("*.gz")
        (changing.root / "catalog.sqlite").unlink()
        if how == "altered":
            overwrite(chunk, chunk.read_bytes()[:-1])
        else:
            refuse(monkeypatch, "open", chunk)
        status = changing("status")
        assert [one["good"] for one in status["copies"]] == [1]
        assert errors(status) == ["AUDIT-RESULTS" if how == "altered" else "AUDIT-RESULTS-UNREADABLE"]

    def test_of_one_that_found_no_damage_nothing_is_doubted(self, changing: Changing, disk: Path) -> None:
        assert disk.is_dir()
        changing("audit")
        lose(changing)
        status = changing("status")
        assert ({one["good"] for one in status["copies"]}, errors(status)) == ({2}, [])

    def test_what_came_later_is_not_doubted(self, damaged: Changing, tmp_path: Path) -> None:
        (tmp_path / "more").mkdir()
        (tmp_path / "more/d.txt").write_text("four")
        damaged("ingest", str(tmp_path / "more"), "--describe-later")
        os.unlink(damaged.root / "catalog.sqlite")
        assert damaged.row("d.txt").last_outcome == ""
        assert damaged.row("a.txt").last_outcome == "unknown"


class TestOfACopy:
    """The next run of `copy` reads again what is there, and writes anew what is not good."""

    @pytest.mark.parametrize("form", FORMS)
    def test_a_copy_is_read_again_and_mended(self, changing: Changing, tmp_path: Path, form: str) -> None:
        disk = tmp_path / "disk"
        copy(changing, disk, "--as", form)
        bag = f"**/{changing.row('b.txt').bag}"
        place = next(disk.glob(f"{bag}.tar" if form == "tar" else f"{bag}/data/b.txt"))
        whole = place.read_bytes()
        overwrite(place, b"bad")
        changing("audit", "--copy", str(disk), code=1)
        lose(changing, EntryType.COPY_AUDITED)
        status = changing("status")
        assert {one["good"]: one["documents"] for one in status["copies"]} == {1: 3}
        assert (status["places"][0]["faults"], errors(status)) == (3, ["AUDIT-RESULTS"])
        assert "of 3 documents on it is lost" in changing.text("status")
        assert len(changing("list", "--copies-below", "2")["documents"]) == 3

        report = copy(changing, disk, code=1)  # the results are lacking on it as in the archive
        assert set(codes(report)) == {"COPY-SOURCE"}
        assert (report["counts"]["written"], report["counts"]["replaced"]) == (1, 1)
        assert place.read_bytes() == whole
        assert good(changing) == {2: 3}
        assert errors(changing("status")) == []
        assert changing("audit", "--copy", str(disk), code=None)["counts"]["intact"] == 3

    def test_an_audit_of_it_knows_again(self, changing: Changing, disk: Path) -> None:
        overwrite(next(disk.glob("bags/*/*/data/b.txt")), b"bad")
        changing("audit", "--copy", str(disk), code=1)
        lose(changing, EntryType.COPY_AUDITED)
        changing("audit", "--copy", str(disk), code=1)
        assert good(changing) == {2: 2, 1: 1}
        assert changing("status")["places"][0]["faults"] == 1

    def test_what_a_run_could_not_bring_is_not_said_to_be_there(
        self, changing: Changing, tmp_path: Path
    ) -> None:
        overwrite(changing.bag("b.txt") / "data/b.txt", b"bad")
        copy(changing, tmp_path / "disk", code=1)
        assert good(changing) == {2: 2, 1: 1}
        lose(changing, EntryType.COPIED)
        assert good(changing) == {1: 3}
