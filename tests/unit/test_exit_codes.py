"""The published exit codes: the table, the classes of trouble, the command line and the page agree."""

import itertools
import re
from pathlib import Path

import click
import pytest

from archive.cli import frame as main
from archive.core import errors, exit_codes
from archive.core.exit_codes import EXIT_CODES, PRECEDENCE, weightiest

PAGE = (Path(__file__).parents[2] / "docs" / "exit-codes.md").read_text("utf-8")


def test_the_page_has_the_table_word_for_word() -> None:
    rows = re.findall(r"^\| (\d+) \| (.*) \| (.*) \|$", PAGE, re.MULTILINE)
    assert rows == [(str(code), known.meaning, known.remedy) for code, known in EXIT_CODES.items()]


def test_the_page_has_the_order_of_precedence() -> None:
    section = PAGE.split("## Where several apply")[1].split("\n## ")[0]
    assert re.findall(r"^\d+\. \*\*(\d+)\*\*", section, re.MULTILINE) == [str(code) for code in PRECEDENCE]


def test_every_code_has_its_place_in_the_order() -> None:
    assert sorted(PRECEDENCE) == sorted(EXIT_CODES)


def test_the_published_numbers_do_not_change() -> None:
    assert list(EXIT_CODES) == [0, 1, 2, 3, 4, 5, 6, 70, 130, 143]
    assert PRECEDENCE == (130, 143, 70, 2, 5, 1, 3, 6, 4, 0)


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (errors.ArchiveError, exit_codes.DEFECT),
        (errors.BagFormatError, exit_codes.FINDINGS),
        (errors.ConfigurationError, exit_codes.USAGE),
        (errors.StorageError, exit_codes.UNREADABLE),
        (errors.RejectedError, exit_codes.REJECTED),
        (errors.EvidenceError, exit_codes.EVIDENCE),
        (errors.ConflictError, exit_codes.CONFLICT),
    ],
)
def test_each_class_of_trouble_ends_with_its_code(trouble: type[errors.ArchiveError], code: int) -> None:
    assert trouble.exit_code == code


def test_every_class_of_trouble_is_judged_here() -> None:
    known = {
        each.__name__ for each in errors.ArchiveError.__subclasses__() if each.__module__ == errors.__name__
    }
    assert known == {
        "BagFormatError",
        "ConfigurationError",
        "StorageError",
        "RejectedError",
        "EvidenceError",
        "ConflictError",
    }


def test_the_command_line_ends_with_the_published_codes() -> None:
    ends = (main.OUR_BUG, main.INTERRUPTED, main.TERMINATED)
    assert ends == (exit_codes.DEFECT, exit_codes.INTERRUPTED, exit_codes.TERMINATED)


def test_the_page_says_what_each_command_means_by_them() -> None:
    section = PAGE.split("## What each command means by them")[1]
    named = {
        word
        for cell in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
        for word in re.findall("`([a-z]+)", cell)
    }
    assert named == {name for group in main.COMMANDS.values() for name in group}


def test_the_page_says_so_of_every_command_of_a_group() -> None:
    section = PAGE.split("## What each command means by them")[1]
    cells = " ".join(re.findall(r"^\| (`.*?) \|", section, re.MULTILINE))
    told = set(re.findall("`([a-z -]+)`", cells))
    lacking = []
    for name in ("key", "ledger", "catalog", "bag", "profile"):
        group = main.cli.get_command(click.Context(main.cli), name)
        assert isinstance(group, click.Group)
        lacking += [f"{name} {each}" for each in group.commands if not {name, f"{name} {each}"} & told]
    assert lacking == []


def test_of_two_codes_the_one_that_stands_first_in_the_order_counts() -> None:
    for one, other in itertools.combinations(PRECEDENCE, 2):
        assert weightiest([one, other]) == weightiest([other, one]) == one


def test_nothing_that_applies_is_done() -> None:
    assert weightiest([]) == exit_codes.DONE


def test_a_code_that_was_never_published_is_refused() -> None:
    with pytest.raises(ValueError, match="9"):
        weightiest([0, 9])
