"""`archive help`: words, findings and exit codes explained; what is mistyped is answered."""

import json
from typing import Any

import pytest

from archive import schemas
from archive.cli.frame import COMMANDS, run
from archive.core.exit_codes import EXIT_CODES
from archive.core.finding_codes import FINDING_CODES
from archive.core.glossary import GLOSSARY, words

Capture = pytest.CaptureFixture[str]


def ask(capsys: Capture, *asked: str) -> tuple[int, dict[str, Any]]:
    """Exit code and JSON document, judged by its schema."""
    code = run(["--format", "json", "help", *asked])
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert schemas.explain("explanation", document) == []
    return code, document


def test_a_word_is_explained_as_in_the_glossary(capsys: Capture) -> None:
    code, document = ask(capsys, "fixity")
    expected = {"kind": "word", "name": "fixity", "meaning": GLOSSARY["fixity"], "remedy": None}
    assert (code, document["entries"], document["near"]) == (0, [expected], [])


def test_a_word_of_several_parts_needs_no_quotes(capsys: Capture) -> None:
    _, document = ask(capsys, "Tag", "manifests")
    assert document["entries"][0]["meaning"] == GLOSSARY["tag manifest"]


def test_a_word_that_is_a_command_too_names_its_help(capsys: Capture) -> None:
    _, document = ask(capsys, "audit")
    assert document["entries"][0]["meaning"] == GLOSSARY["audit"]
    assert document["entries"][0]["remedy"].startswith("archive audit --help")


@pytest.mark.parametrize("asked", ["FIX-ALTERED", "fix-altered"])
def test_a_finding_is_explained_in_any_case(capsys: Capture, asked: str) -> None:
    code, document = ask(capsys, asked)
    severity, meaning, remedy = FINDING_CODES["FIX-ALTERED"]
    expected = {"kind": "finding", "name": "FIX-ALTERED", "severity": severity.value}
    assert (code, document["entries"]) == (0, [expected | {"meaning": meaning, "remedy": remedy}])


@pytest.mark.parametrize("number", EXIT_CODES)
def test_every_exit_code_is_explained(capsys: Capture, number: int) -> None:
    code, document = ask(capsys, str(number))
    expected = {"kind": "exit-code", "name": str(number)} | EXIT_CODES[number]._asdict()
    assert (code, document["entries"]) == (0, [expected])


@pytest.mark.parametrize("name", [name for group in COMMANDS.values() for name in group])
def test_every_command_is_answered(capsys: Capture, name: str) -> None:
    code, document = ask(capsys, name)
    assert (code, f"archive {name} --help" in document["entries"][0]["remedy"]) == (0, True)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("manifset", "manifest"),
        ("FIX-ALTRED", "FIX-ALTERED"),
        ("igest", "ingest"),
        ("ROLLBACK", "LEDGER-ROLLBACK"),
    ],
)
def test_what_is_mistyped_is_answered_with_the_nearest(capsys: Capture, asked: str, meant: str) -> None:
    code, document = ask(capsys, asked)
    assert (code, document["entries"]) == (2, [])
    assert meant in document["near"]


@pytest.mark.parametrize("asked", ["zeppelin", "7", "00", "٥", "-1x", "x" * 5000, "a\x1b[31m", "\udcff"])
def test_what_nobody_explains_is_a_wrong_use(capsys: Capture, asked: str) -> None:
    code, document = ask(capsys, "--", asked)
    assert (code, document["entries"]) == (2, [])
    assert run(["help", "--", asked]) == 2
    assert "\x1b" not in capsys.readouterr().err


def test_the_overview_has_everything_that_can_be_asked_for(capsys: Capture) -> None:
    code, document = ask(capsys)
    named = [entry["name"] for entry in document["entries"]]
    assert (code, document["asked"]) == (0, None)
    assert named == [*words(), *map(str, EXIT_CODES), *FINDING_CODES]


def test_the_overview_in_text_fits_a_terminal_and_names_findings_with_v(capsys: Capture) -> None:
    assert run(["help"]) == 0
    short = capsys.readouterr().out
    assert run(["help", "-v"]) == 0
    long = capsys.readouterr().out
    assert ("FIX-ALTERED" in short, "FIX-ALTERED" in long) == (False, True)
    assert max(map(len, long.splitlines())) <= 80


def test_text_gives_severity_meaning_and_remedy(capsys: Capture) -> None:
    assert run(["help", "FIX-ALTERED"]) == 0
    assert capsys.readouterr().out == (
        "FIX-ALTERED (error)\n"
        "  A file was read in full and its bytes are not those recorded.\n"
        "  → archive repair puts it back from a copy that has the recorded digest.\n"
    )
