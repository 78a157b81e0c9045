"""A premis.xml that somebody else wrote, of more than is parsed at once: texts anywhere, ended anywhere."""

import subprocess
import sys
from random import Random

import pytest

from archive.formats.premis import reader
from archive.formats.premis.reader import read_premis
from tests.fuzz.execution import execute

NAMESPACE = "http://www.loc.gov/premis/v3"
LINK = "<linkingObjectIdentifier/>"
FIRST = ("\n", "  \n", "y" * 20, "y" * 100, "y" * 1000)
BETWEEN = ("x", "é", "x&amp;", "x\n", " ")


def document(chance: Random) -> bytes:
    """Objects and events with texts before, between and behind them, so long that they come in pieces."""

    def text() -> str:
        return chance.choice(BETWEEN) * chance.randint(10_000, 75_000)

    thing = (
        '<object xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="file"><originalName>a.txt'
        "</originalName></object>"
    )
    event = f"<event><eventType>other</eventType>{chance.choice(FIRST)}{LINK}{text()}{LINK}</event>"
    parts = (chance.choice(FIRST), thing, text(), event, thing, *[f"{thing}\n"] * 300)
    return f'<premis xmlns="{NAMESPACE}">{"".join(parts)}</premis>'.encode()


def read_all(seed: int) -> None:
    """Reads many of them, in a process that may die of it."""
    chance = Random(seed)
    for _ in range(60):
        read_premis(document(chance))


@pytest.mark.parametrize("seed", range(4))
def test_a_text_that_comes_in_pieces_is_never_written_beyond_its_end(seed: int) -> None:
    """Where the last element read is taken out, libxml2 goes on in the text before it: a heap overflow."""
    code = f"from tests.hostile.test_foreign_premis import read_all; read_all({seed})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_what_is_read_in_pieces_says_what_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = Random(1)
    documents = [document(chance) for _ in range(5)]
    in_pieces = [read_premis(data) for data in documents]
    monkeypatch.setattr(reader, "_WHOLE", 1 << 30)
    assert in_pieces == [read_premis(data) for data in documents]


def test_an_object_of_very_many_parts() -> None:
    parts = "<size>3</size>" * 200_000
    data = f'<premis xmlns="{NAMESPACE}"><object>{parts}</object><object/></premis>'.encode()
    assert execute(read_premis, data, cpu_seconds=10) is None
