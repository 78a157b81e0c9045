"""An archive.toml that grew, or was written by somebody who guessed: answered, and never in the way."""

import pytest

from archive.core.exit_codes import USAGE
from archive.core.limits.archives import SETTINGS_BYTES
from tests.changes import Changing


@pytest.mark.parametrize("every", ['["daily"]', '{ on = "monday" }', "1", "2026-01-01"])
def test_a_promise_that_is_no_word_is_named(changing: Changing, every: str) -> None:
    changing.configure(f"[promises]\naudit = {every}\n")
    report = changing("status", code=2)
    assert "[promises] audit must be one of" in report["message"]


def test_a_path_of_a_copy_that_no_path_can_be_is_named(changing: Changing) -> None:
    changing.configure('[[copies]]\nid = "01a1ff81-8040-7339-900e-85190669da53"\npath = "/a\\u0000b"\n')
    assert "NUL" in changing("status", code=2)["message"]


@pytest.mark.parametrize("size", [1 << 16, SETTINGS_BYTES])
def test_settings_as_large_as_they_may_be_are_recorded_and_written_with(
    changing: Changing, size: int
) -> None:
    path = changing.root / "archive.toml"
    lines = path.read_text() + "".join(
        f'[accessions."2026-{number:04d}".defaults]\nrights = "© the family of letter {number}"\n'
        for number in range(700)
    )
    path.write_text(f"{lines}# {'x' * (size + 1000)}"[: size - lines.count("©")])
    changing("describe", changing.reference("a.txt"), "--set", "dc.date=1919", "--reason", "x" * 50_000)
    changing.require_whole()


@pytest.mark.parametrize("key", ["x.", '"x".', "'x' . "])
def test_a_key_of_endlessly_many_names_is_refused_unread(changing: Changing, key: str) -> None:
    changing.configure(f"{key * 2_000}y = 1\n")
    assert "a key of more than 200 names" in changing("status", code=USAGE)["message"]


def test_a_text_of_many_points_is_no_key(changing: Changing) -> None:
    points = "a." * 2_000
    changing.configure(f'# {points}\n[declared.ndsa]\nx = "{points}" # {points}\ny = """\n{points}\n"""\n')
    changing("status")
