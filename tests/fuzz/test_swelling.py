"""The search for what takes the square of its input sees it, and sees nothing where there is none."""

from pathlib import Path
from random import Random

import pytest

from tests.fuzz import swelling as swellings
from tests.fuzz.__main__ import main
from tests.fuzz.execution import execute
from tests.fuzz.swelling import LENGTHS, Swelling, swelling
from tests.fuzz.target import Target, mutating
from tests.fuzz.targets import TARGETS

SWELLING = [target for target in TARGETS if target.examples is not None]


def _square(data: bytes) -> None:
    """Asks of each space how many there are before it, as one would not write it."""
    sum(data.count(b" ", 0, at) for at in range(0, len(data), 4) if data[at : at + 1] == b" ")


def _linear(data: bytes) -> None:
    sum(byte == 32 for byte in data * 40)


def _planted(check: object) -> Target:
    assert callable(check)
    found = swelling(mutating("planted", "rest", check, examples=lambda: [b"one two"], words=[b" "]))
    assert found is not None
    return found


@pytest.mark.no_cover
@pytest.mark.parametrize(("check", "is_found"), [(_square, True), (_linear, False)])
def test_the_square_of_the_length_is_seen_and_no_other_time(
    monkeypatch: pytest.MonkeyPatch, check: object, is_found: bool
) -> None:
    monkeypatch.setattr(swellings, "MOMENT", 0.01)
    monkeypatch.setattr(swellings, "LONG", 0.1)
    target = _planted(check)
    crash = execute(target.check, Swelling(b"", b" ", b"", -1).packed(), cpu_seconds=60)
    assert (crash is not None) is is_found
    if crash is not None:
        assert crash.signature.startswith("AssertionError more time than in proportion")
        assert "bytes, " in crash.report


def test_a_swelling_comes_back_from_its_bytes_and_is_as_long_as_it_was_asked_for() -> None:
    chance = Random(1)
    target = mutating("planted", "rest", len, examples=lambda: [b"a: b\nc\n", b""], words=[b"b"])
    for _ in range(60):
        packed = swellings._swollen(
            chance, chance.choice([b"a: b\nc\n", b"", b"\xff" * 9000]), target
        ).packed()
        swollen = Swelling.unpacked(packed)
        assert swollen.packed() == packed
        for length in LENGTHS:
            assert length / 2 < len(swollen.bytes_of(length)) - len(swollen.head + swollen.tail) < length * 8


def test_a_numbered_token_is_another_one_each_time() -> None:
    assert Swelling(b"<", b"ab", b">", 1).bytes_of(6) == b"<a0ba1ba2b>"


@pytest.mark.parametrize("target", SWELLING, ids=lambda target: target.name)
def test_every_law_holds_for_a_swelling(target: Target) -> None:
    swollen = swelling(target)
    assert swollen is not None
    for number in range(3):
        target.check(Swelling.unpacked(swollen.input(1, number)).bytes_of(LENGTHS[3]))


def test_a_run_of_swellings_says_what_it_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def defect(data: bytes) -> None:
        if len(data) > 99_999:
            raise KeyError(len(data))

    planted = mutating("planted", "rest", defect, examples=lambda: [b"word"])
    monkeypatch.setattr("tests.fuzz.__main__.TARGETS", (planted,))
    assert main(["--swell", "--minutes", "0.005", "--crashes", str(tmp_path)]) == 1
    kept = next(path for path in tmp_path.iterdir() if not path.suffix)
    assert main(["--swell", "--target", "planted", "--again", str(kept)]) == 1
    assert "KeyError" in capsys.readouterr().out
    assert main(["--swell", "--write", "page.md"]) == 2
