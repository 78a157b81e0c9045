"""Something that is no folder, where files of the archive itself are to be put back, or set aside."""

import shutil
from typing import Any

import pytest

from tests.archives import overwrite
from tests.damage.repair.own_files import newest, repair, unlocked
from tests.repairs import Repairing, repairs

IN_THE_WAY = "REPAIR-IN-THE-WAY"


def told(report: Any) -> list[tuple[str, str]]:
    return [(one["code"], one["place"]) for one in report["findings"]]


def test_what_stands_in_the_way_of_one_file_holds_up_no_other(archive: Repairing) -> None:
    archive("audit")
    shutil.rmtree(archive.copy)
    shutil.copytree(archive.root, archive.copy, symlinks=True)
    (run,) = (archive.root / "audits").iterdir()
    shutil.rmtree(run)
    run.write_bytes(b"x")
    place = f"audits/{run.name}"
    overwrite(newest(archive.root, "notes/*/*.json"), b"{}")
    overwrite(newest(archive.root, "runs/*.json"), b"{}")
    newest(archive.root, "ledger/tile/0/000.p/*").unlink()
    plan: Any = repair(archive, "--plan", code=1)
    report: Any = repair(archive, code=1)
    assert told(plan) == told(report) == [(IN_THE_WAY, place)]
    assert plan["own_files"] == report["own_files"]
    lacking = [one["path"] for one in report["own_files"] if one["place"] is None]
    assert lacking
    assert all(path.startswith(f"{place}/") for path in lacking)
    (entry,) = repairs(archive)
    assert (entry["restored"], entry["outcome"]) == (3, "damaged")
    assert not list((archive.root / "staging").glob("*-*"))
    run.unlink()
    assert told(repair(archive)) == []
    archive.require_whole()


@pytest.mark.parametrize("place", ["quarantine/damaged", "quarantine/damaged/archive"])
def test_nothing_is_put_back_where_nothing_can_be_set_aside(archive: Repairing, place: str) -> None:
    overwrite(newest(archive.root, "runs/*.json"), b"{}")
    (archive.root / place).parent.mkdir(exist_ok=True)
    (archive.root / place).write_bytes(b"x")
    before = unlocked(archive)
    for words in (["--plan"], []):
        assert told(repair(archive, *words, code=1)) == [(IN_THE_WAY, place)]
    assert unlocked(archive) == before
    (archive.root / place).unlink()
    repair(archive)
    archive.require_whole()


def test_damage_goes_before_an_event_that_could_not_be_recorded(archive: Repairing) -> None:
    archive("audit")
    shutil.rmtree(archive.copy)
    shutil.copytree(archive.root, archive.copy, symlinks=True)
    audits = archive.root / "audits"
    shutil.rmtree(audits)
    audits.write_bytes(b"x")
    overwrite(newest(archive.root, "runs/*.json"), b"{}")
    report: Any = repair(archive, code=1)
    assert {code for code, _ in told(report)} >= {IN_THE_WAY, "REPAIR-NOT-RECORDED"}
    audits.unlink()
    repair(archive)
    archive.require_whole()


def test_a_plan_foretells_that_the_ledger_will_not_hold(archive: Repairing) -> None:
    folder = archive.root / "ledger/checkpoints"
    shutil.rmtree(folder)
    folder.write_bytes(b"x")
    plan: Any = repair(archive, "--plan", code=5)
    assert told(plan) == told(repair(archive, code=5))
    assert (IN_THE_WAY, "ledger/checkpoints") in told(plan)
    folder.unlink()
    repair(archive)
    archive.require_whole()
