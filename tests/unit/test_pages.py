"""Every page for people: its links lead somewhere, its commands, options, files and codes are there."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from archive.cli.default_command import DefaultGroup
from archive.cli.frame import cli
from archive.core.finding_codes import FINDING_CODES
from archive.core.litter import litter
from archive.services.ingest.preflight import ROOT_TABLES
from tests.conftest import SEEDS

ROOT = SEEDS.parent
BESIDE = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "seeds/README.md")
PAGES = sorted([*(ROOT / name for name in BESIDE), *(ROOT / "docs").rglob("*.md")])
# Names of entries and first lines of texts that are signed or digested: no commands.
_PROSE = {"archive created", "archive key change v1"}
_BLOCK = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile("^#+ (.*)$", re.MULTILINE)
_IN_CODE = re.compile("`([^`\n]+)`")
_INDENTED = re.compile(r"^(?:    |\$ )(archive .*)$", re.MULTILINE)
_OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")
_OURS = re.compile(r"(?:archive|tests|docs|benchmarks|schemas|seeds|independent)/[\w./-]*\w")
_CODE = re.compile(r"`((?:[A-Z]{2,}-)+[A-Z]+)`")
pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def anchors(page: Path) -> set[str]:
    """What a link may name behind `#`, as the usual programs make it of headings."""
    found: list[str] = []
    for heading in _HEADING.findall(_BLOCK.sub("", page.read_text("utf-8"))):
        plain = _LINK.sub("", heading).replace("[", "").lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        found.append(f"{slug}-{found.count(slug)}" if slug in found else slug)
    return set(found)


def links(page: Path) -> Iterator[tuple[str, Path, str]]:
    """Every link to a file of ours: as it stands, the file, and what it names in it."""
    for target in _LINK.findall(_BLOCK.sub("", page.read_text("utf-8"))):
        path, _, anchor = target.partition("#")
        if not re.match("[a-z]+:", path):
            yield target, (page.parent / path).resolve() if path else page, anchor


def commands(page: Path) -> Iterator[str]:
    """Every command of ours on a page, up to a pipe, a remark or the like."""
    text = page.read_text("utf-8")
    named = [each for each in _IN_CODE.findall(text) if each.startswith("archive ")]
    for command in (*named, *_INDENTED.findall(text)):
        plain = re.split(r"\s#|[|<>;&]", re.sub(r"\"[^\"]*\"|'[^']*'", "TEXT", command))[0].strip()
        if plain not in _PROSE and re.match(r"archive (-|[a-z]+\b(?!/))", plain):
            yield plain


def options_of(command: click.Command) -> set[str]:
    return {each for one in command.params for each in (*one.opts, *one.secondary_opts)}


def wrong_with(command: str) -> str | None:
    """What is no command or option of ours in it, or None."""
    taken = options_of(cli) | {"-h", "--help"}
    found: click.Command = cli
    rest = command.split()[1:]
    while rest and isinstance(found, click.Group):
        word = rest.pop(0)
        if word in {"-C", "--format", "--passphrase-file"}:
            rest = rest[1:]
        elif not word.startswith("-"):
            inner = found.get_command(click.Context(cli), word)
            if inner is None and isinstance(found, DefaultGroup):  # `archive bag DIR`
                inner = found.default
            if inner is None:
                return word
            found = inner
            taken |= options_of(found)
    return next((each for each in rest if _OPTION.fullmatch(each) and each not in taken), None)


@pages
def test_every_link_leads_to_a_file_and_to_a_heading_in_it(page: Path) -> None:
    lost = [
        target
        for target, path, anchor in links(page)
        if not path.exists() or (anchor and anchor not in anchors(path))
    ]
    assert lost == []


@pages
def test_every_command_and_option_that_is_named_exists(page: Path) -> None:
    assert [(each, wrong) for each in commands(page) if (wrong := wrong_with(each))] == []


@pages
def test_every_file_of_ours_that_is_named_exists(page: Path) -> None:
    named = [each for each in _IN_CODE.findall(page.read_text("utf-8")) if _OURS.fullmatch(each)]
    places = ("", "archive/")
    assert [
        each
        for each in named
        if not any((ROOT / f"{place}{each}{ending}").exists() for place in places for ending in ("", ".py"))
    ] == []


@pages
def test_every_finding_that_is_named_exists(page: Path) -> None:
    assert [each for each in _CODE.findall(page.read_text("utf-8")) if each not in FINDING_CODES] == []


def test_every_page_is_linked_from_another() -> None:
    linked = {path for page in PAGES for _, path, _ in links(page) if path != page}
    folders = {path for path in linked if path.is_dir()}
    lone = [page for page in PAGES if page not in linked and page.parent not in folders]
    assert [page.relative_to(ROOT).as_posix() for page in lone] == ["README.md"]


def test_every_table_at_the_root_of_a_folder_is_named_in_its_order() -> None:
    text = (ROOT / "docs" / "spreadsheets.md").read_text("utf-8")
    assert list(ROOT_TABLES) == re.findall(r"`(metadata\.[a-z]+)`", text.split("\n## ")[0])


def test_what_systems_leave_in_folders_is_known_for_that() -> None:
    text = (ROOT / "docs" / "platforms.md").read_text("utf-8")
    (row,) = re.findall(r"^\| litter in folders \|(.*)$", text, re.MULTILINE)
    named = _IN_CODE.findall(row)
    assert len(named) >= 8
    assert [name for name in named if litter(name) is None] == []


def test_the_checks_see_what_is_wrong() -> None:
    assert wrong_with("archive ledger verfy") == "verfy"
    assert wrong_with("archive -C DIR audit --sampel 3") == "--sampel"
    assert wrong_with("archive ledger check-proof --to x") == "--to"
    assert wrong_with("archive -C DIR audit --sample 3 -q") is None
    assert "samples" in anchors(ROOT / "docs" / "formats.md")
