"""Names and numbers given on the command line are one line of plain text."""

import pytest

from archive.cli.frame import run
from tests.changes import Changing


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


@pytest.mark.parametrize(
    "command",
    ["list", "list --copies-below 2", "search one", "history", "history FIRST", "ledger log"],
)
@pytest.mark.parametrize("number", ["9" * 20, str(2**63 - 1)])
def test_at_most_more_than_a_machine_counts_to_is_all(changing: Changing, command: str, number: str) -> None:
    words = [changing.reference("a.txt") if word == "FIRST" else word for word in command.split()]
    assert changing(*words, "--limit", number) == changing(*words, "--limit", "50")


@pytest.mark.parametrize(
    "command",
    [
        ("list", "--accession", ""),
        ("list", "--run", " "),
        ("catalog", "export", "--what", "descriptions", "--accession", ""),
        ("export", "--all", "--to", "copies", "--accession", ""),
    ],
    ids=" ".join,
)
def test_a_condition_that_a_script_forgot_to_set_is_a_wrong_use(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(command) == 2
    assert "is empty" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["ingest somewhere", "audit", "tidy", "key rotate"])
def test_a_wait_that_no_clock_reaches_is_a_wrong_use(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command.split(), "--lock-wait", "nan"]) == 2
    assert "nan is not a number of seconds" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["report --from", "report --until", "coverage --since"])
@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-02-30", "“2026-02-30” is no day of the calendar"),
        ("0000-01-01", "“0000-01-01” is no day of the calendar"),
        ("30.2.2026", "“30.2.2026” is no date such as 2026-11-21 (year-month-day)"),
        ("2026-11-21T10:00", "“2026-11-21T10:00” is no date such as 2026-11-21 (year-month-day)"),
        ("\x1b[31m", "is no date such as 2026-11-21"),
        (" ", "is empty"),
    ],
)
def test_what_is_no_day_is_said_to_be_none(
    command: str, text: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command.split(), text]) == 2
    said = capsys.readouterr().err
    assert why in " ".join(said.split())
    assert "\x1b[31m" not in said


@pytest.mark.parametrize("text", ["2026-01-05", "2026-1-5"])
def test_a_day_may_go_without_its_zeros(text: str) -> None:
    from archive.cli.parameters import DAY

    assert DAY.convert(text, None, None).isoformat() == "2026-01-05"
