"""Names and numbers given on the command line are one line of plain text."""

import pytest

from archive.cli.frame import run


@pytest.mark.parametrize("text", ["a\nb", "a\x1bb", "a\u202eb", "a\u2028b", "a\u200bb", "x" * 201])
@pytest.mark.parametrize("option", ["--accession", "--from", "--agent"])
def test_what_could_forge_a_line_or_turn_text_round_is_a_wrong_use(
    option: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ingest", "somewhere", option, text]) == 2
    assert text not in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--accession", "--from"])
@pytest.mark.parametrize("text", ["", "  "])
def test_an_accession_or_a_giver_without_a_name_is_a_wrong_use(
    option: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ingest", "somewhere", option, text]) == 2
    assert f"'{option}': is empty" in capsys.readouterr().err


def test_names_of_any_script_are_taken() -> None:
    from archive.cli.parameters import PLAIN_TEXT

    assert PLAIN_TEXT.convert("  مكتبة – Ünï 渡口 ", None, None) == "مكتبة – Ünï 渡口"
