"""A few inputs for every target, and proof that the fuzzer sees what it is meant to see.

`make fuzz` runs the targets for minutes; here each is shown to work, with a seed that stays the same.
"""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from archive.core.bagit.verdicts import BagReport, BagVerdict
from archive.core.bagit_judge import Policy
from archive.core.ledger.entries import parse_entry
from tests.bags import judged
from tests.conformance.bag_cases.bag import Bag, Fifo, Folder, Link, good
from tests.fuzz import execution
from tests.fuzz.__main__ import main
from tests.fuzz.bag_values import buildable, packed, unpacked
from tests.fuzz.campaign import Tally, run, step
from tests.fuzz.execution import Crash, HangError, execute
from tests.fuzz.mutation import mutated
from tests.fuzz.page import rows_in
from tests.fuzz.strict_reading import objections
from tests.fuzz.target import Target, mutating
from tests.fuzz.targets import TARGETS, bags, containers

SEED = 1
INPUTS = 25  # of each target that is not costly
COSTLY = {"bagging-laws": 1, "verify-laws": 3, "serialised-bag-laws": 3, "bag": 4}


PAGE = Path(__file__).parents[2] / "docs" / "fuzzing.md"


def silent(_: str) -> None:
    """Says nothing."""


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_every_law_holds_for_the_first_inputs(target: Target) -> None:
    for number in range(COSTLY.get(target.name, INPUTS)):
        target.check(target.input(SEED, number))


def test_every_target_has_a_name_of_its_own() -> None:
    assert len({target.name for target in TARGETS}) == len(TARGETS)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_one_seed_draws_the_same_inputs_in_any_order(target: Target) -> None:
    assert [target.input(7, number) for number in (3, 1)] == [target.input(7, number) for number in (3, 1)]
    assert len({target.input(7, number) for number in range(5)}) > 1


def planted(check: object) -> Target:
    """A target over one word, with that check."""
    assert callable(check)
    return mutating("planted", "rest", check, examples=lambda: [b"word"])


def test_a_planted_defect_is_found_kept_and_shown_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def defect(data: bytes) -> None:
        if b"\0" in data:
            raise KeyError(data)

    target = planted(defect)
    (tally,) = run([target], seed=3, seconds=0.5, folder=tmp_path, say=silent)
    assert list(tally.crashes) == ["KeyError test_fuzz.py:defect"]
    kept = sorted(path for path in tmp_path.iterdir() if not path.suffix)
    assert 1 <= len(kept) <= 3
    assert all(b"\0" in path.read_bytes() for path in kept)
    monkeypatch.setattr("tests.fuzz.__main__.TARGETS", (target,))
    assert main(["--target", "planted", "--again", str(kept[0])]) == 1
    assert "KeyError" in capsys.readouterr().out
    assert main(["--minutes", "0.01", "--seed", "3", "--crashes", str(tmp_path / "more")]) == 1
    assert "seed 3" in capsys.readouterr().out


def test_a_run_without_a_broken_law_ends_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tests.fuzz.__main__.TARGETS", (planted(len),))
    assert main(["--minutes", "0.001", "--crashes", str(tmp_path / "none")]) == 0
    assert "planted" in capsys.readouterr().out
    assert not (tmp_path / "none").exists()


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty page for the targets `one` and `two`."""
    targets = [replace(planted(len), name=name, says="It holds.") for name in ("one", "two")]
    monkeypatch.setattr("tests.fuzz.__main__.TARGETS", targets)
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- results -->\n<!-- /results -->\nafter\n")
    return page


def test_results_are_added_to_those_of_their_target_alone(page: Path) -> None:
    words = ["--minutes", "0.001", "--crashes", str(page.parent / "none"), "--write", str(page)]
    assert main([*words, "--target", "one", "--seed", "1"]) == 0
    first = rows_in(page.read_text())
    assert list(first) == ["one"]
    assert main([*words, "--target", "two", "--seed", "2"]) == 0
    second = rows_in(page.read_text())
    assert second["one"] == first["one"]
    assert (second["two"].executions > 0, second["two"].run[-6:]) == (True, "seed 2")
    assert main([*words, "--target", "one", "--seed", "3"]) == 0
    third = rows_in(page.read_text())
    assert third["two"] == second["two"]
    assert third["one"].executions > second["one"].executions
    assert page.read_text().startswith("before\n")
    assert page.read_text().endswith("after\n")


def test_each_target_runs_until_it_has_had_its_minutes(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.long_run.TURN", 1.0)
    words = ["--each", "0.03", "--jobs", "2", "--crashes", str(page.parent / "none"), "--write", str(page)]
    assert main([*words, "--target", "one"]) == 0
    first = rows_in(page.read_text())
    assert (list(first), first["one"].seconds) == (["one"], 2)
    assert main(words) == 0
    second = rows_in(page.read_text())
    assert second["one"].seconds == second["two"].seconds == 2
    assert main(["--minutes", "0", *words]) == 0
    assert rows_in(page.read_text()) == second


def test_what_one_of_several_processes_finds_is_said_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def defect(data: bytes) -> None:
        if b"\0" in data:
            raise KeyError(data)

    monkeypatch.setattr("tests.fuzz.__main__.TARGETS", (planted(defect), replace(planted(len), name="sound")))
    assert main(["--each", "0.01", "--jobs", "2", "--crashes", str(tmp_path / "kept")]) == 1
    said = capsys.readouterr().out
    assert "KeyError test_fuzz.py:defect" in said
    assert list((tmp_path / "kept").iterdir())


def test_a_page_without_a_place_is_refused_before_anything_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "page.md").write_text("no marks\n")
    assert main(["--target", "key", "--write", str(tmp_path / "page.md")]) == 2
    assert "needs <!-- results -->" in capsys.readouterr().err


def test_the_page_knows_no_target_that_there_is_not_and_ours_have_a_law_in_one_sentence() -> None:
    """Where it does: `python -m tests.fuzz --target NAME --write docs/fuzzing.md` writes the tables anew."""
    assert set(rows_in(PAGE.read_text(encoding="utf-8"))) <= {target.name for target in TARGETS}
    assert [target.name for target in TARGETS if not target.law.endswith(".") or "|" in target.law] == []


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that a test can wait for."""
    monkeypatch.setattr(execution, "CPU_SECONDS", 0.1)
    monkeypatch.setattr(execution, "WALL_SECONDS", 0.5)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("busy", [True, False])
def test_a_hang_is_ended_and_named(busy: bool) -> None:
    def hang(_: bytes) -> None:
        while True:
            if not busy:
                time.sleep(1)

    crash = execute(hang, b"")
    assert crash is not None
    assert crash.kind == "hang"


@pytest.mark.skipif(not hasattr(os, "waitid"), reason="a stopped process cannot be waited for here")
def test_a_process_that_somebody_stopped_has_not_hung() -> None:
    script = (
        "import os, signal; from tests.fuzz import execution; execution.WALL_SECONDS = 0.3;"
        " stop = lambda _: os.kill(os.getpid(), signal.SIGSTOP);"
        " raise SystemExit(execution.execute(stop, b'') is not None)"
    )
    with subprocess.Popen([sys.executable, "-c", script]) as child:
        os.waitid(os.P_PID, child.pid, os.WSTOPPED)
        time.sleep(0.6)
        child.send_signal(signal.SIGCONT)
    assert child.returncode == 0


@pytest.mark.usefixtures("impatient")
def test_no_handler_swallows_the_end_of_a_hang() -> None:
    def stubborn(_: bytes) -> None:
        while True:
            try:
                time.sleep(1)
            except Exception:  # noqa: BLE001, S112 - what is shown
                continue

    crash = execute(stubborn, b"")
    assert crash is not None
    assert not issubclass(HangError, Exception)


def test_memory_beyond_the_bound_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    peaks = iter([1 << 30, (1 << 30) + execution.MEMORY + 1, (1 << 30) + execution.MEMORY + 1])
    monkeypatch.setattr(execution, "_peak", lambda: next(peaks))
    crash = execute(len, b"")
    assert crash is not None
    assert crash.kind == "memory"


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open descriptors are counted on Linux only")
def test_a_descriptor_left_open_is_named() -> None:
    opened: list[int] = []
    crash = execute(lambda _: opened.append(os.open("/dev/null", os.O_RDONLY)), b"")
    os.close(opened[0])
    assert crash == Crash("descriptors", "descriptors", "1 descriptors left open")


def test_crashes_in_one_place_are_counted_and_three_are_kept(tmp_path: Path) -> None:
    tally = Tally(planted(parse_entry))
    for _ in range(20):
        step(tally, SEED, tmp_path, silent)
    (count,) = tally.crashes.values()
    assert count == 20
    assert len(list(tmp_path.glob("*.txt"))) == 3


@pytest.mark.parametrize("name", ["bag", "payload", "tar", "zip"])
def test_a_judge_that_calls_everything_valid_is_found_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def lenient(path: Path, policy: Policy | None = None) -> BagReport:
        report = judged(path, policy)
        return report._replace(verdict=BagVerdict.VALID, findings=(), broken=frozenset())

    monkeypatch.setattr(bags, "judge", lenient)
    monkeypatch.setattr(containers, "judge", lenient)
    (target,) = [target for target in TARGETS if target.name == name]
    assert any(execute(target.check, target.input(SEED, number)) for number in range(40))


def test_mutations_change_and_never_raise() -> None:
    chance = Random(SEED)
    changed = [mutated(chance, b"some words\nin lines 12\n", [b"some"], [b"other"]) for _ in range(300)]
    assert len(set(changed)) > 200
    for _ in range(300):
        mutated(chance, b"", (), ())


def test_a_bag_comes_back_from_its_bytes() -> None:
    bag: Bag = {**good(), "data/\udcff\n": b"\xff\0", "l": Link(".."), "data/p": Fifo(), "f": Folder()}
    assert unpacked(packed(bag)) == bag


@pytest.mark.parametrize(
    "path", ["../x", "/x", "a//b", "a/../../b", ".", "", "a\0b", "x" * 256, "l/x", "data/p/x"]
)
def test_nothing_is_built_outside_or_through_something(path: str) -> None:
    bag: Bag = {"l": Link("/"), "data/p": b"x", path: b"y"}
    assert sorted(buildable(bag)) == ["data/p", "l"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({b"data/letter.txt": b"other"}, "is not what"),
        ({b"data/new": b""}, "lacks"),
        ({b"manifest-sha512.txt": b""}, "lacks"),
        ({b"manifest-sha512.txt": b"x\n"}, "no digest and path"),
        ({b"manifest-what.txt": b""}, "unknown algorithm"),
        ({b"tagmanifest-md5.txt": b"00  gone\n"}, "not there"),
    ],
)
def test_the_second_reading_objects_to_what_is_not_valid(change: dict[bytes, bytes], why: str) -> None:
    files = {os.fsencode(path): content for path, content in good().items() if isinstance(content, bytes)}
    assert objections(files) == []
    assert any(why in objection for objection in objections(files | change))
