"""A command imports what it needs and no more; and `--help` says how each is used."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from archive.cli.frame import COMMANDS, cli
from tests.archives import make_archive

HEAVY = {
    "bagit", "charset_normalizer", "cryptography", "dateutil", "jinja2", "jsonschema", "jsonschema_rs",
    "langcodes", "lxml", "pygfried", "rich", "sqlite3", "tomlkit", "yaml",
}  # fmt: skip
TIMEOUT = 60  # seconds


def modules_after(script: str, **environment: str) -> set[str]:
    """The modules that a fresh interpreter has imported once the script has run."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "PYTHON"))}
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{script}\nprint('\\n', *sys.modules, sep='\\n')"],
        capture_output=True,
        check=False,
        timeout=TIMEOUT,
        env={**kept, **environment},
    )
    assert done.returncode == 0, done.stderr.decode()
    return set(done.stdout.decode().split())


def running(*arguments: str) -> str:
    """A script that runs the command and goes on."""
    return (
        f"sys.argv = {['archive', *arguments]!r}\n"
        "from archive.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code"
    )


def test_the_version_is_said_without_any_dependency() -> None:
    assert not modules_after(running("--version")) & {*HEAVY, "click"}


@pytest.mark.parametrize(
    "arguments", [["--help"], ["audit", "--help"], ["ingest", "--help"], ["help", "bag"]]
)
def test_help_is_given_without_heavy_dependencies(arguments: list[str]) -> None:
    assert not modules_after(running(*arguments)) & HEAVY


@pytest.mark.parametrize("arguments", [["list"], ["status"], ["search", "bell"], ["audit", "--read-only"]])
def test_what_is_read_every_day_loads_no_writer_of_xml_or_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    made.ingest({"a.txt": b"one"})
    modules = modules_after(running("-q", "-C", str(made.root), *arguments))
    assert modules & HEAVY <= {"cryptography", "sqlite3"}
    assert not {name for name in modules if name.startswith(("archive.formats.premis", "archive.schemas"))}


def test_workers_of_an_audit_import_neither_xml_nor_schemas_nor_templates() -> None:
    modules = modules_after("import archive.services.audit.chunk")
    assert not modules & (HEAVY - {"sqlite3"})
    assert not {name for name in modules if name.startswith(("archive.cli", "archive.schemas", "click"))}


def test_each_driver_of_work_is_imported_without_what_only_some_runs_need() -> None:
    modules = modules_after("import archive.services.audit.run")
    assert not modules & {"lxml", "jsonschema", "jsonschema_rs", "jinja2", "langcodes", "yaml"}


def commands(group: click.Group = cli, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command and group by the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield " ".join((*path, name)), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


ALL = dict(commands())


def test_every_command_that_is_announced_exists() -> None:
    assert {name for name in ALL if " " not in name} == {
        name for group in COMMANDS.values() for name in group
    }
    assert {"ledger log", "catalog rebuild"} <= set(ALL)


@pytest.mark.parametrize("name", ["", *ALL])
def test_help_of_every_command_has_an_example_that_calls_it(name: str) -> None:
    command = ALL[name] if name else cli
    assert command.help
    assert command.epilog is not None
    assert command.epilog.startswith(("Example: ", "Examples: "))
    assert f"archive {name}" in command.epilog


@pytest.mark.parametrize("name", ["", *ALL])
def test_help_of_every_command_says_what_each_option_does(name: str) -> None:
    command = ALL[name] if name else cli
    options = [option for option in command.params if isinstance(option, click.Option)]
    assert [option.opts for option in options if not (option.help or "").strip()] == []
    text = command.get_help(click.Context(command, info_name=f"archive {name}"))
    assert [option.opts for option in options if not option.hidden and option.opts[0] not in text] == []


@pytest.mark.parametrize("name", list(ALL))
def test_global_options_are_understood_behind_every_command(name: str) -> None:
    known = {option for parameter in ALL[name].params for option in parameter.opts}
    assert {"-C", "--format", "--quiet", "--verbose"} <= known


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_printed(shell: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "archive"],
        capture_output=True,
        check=False,
        timeout=TIMEOUT,
        env={**os.environ, "_ARCHIVE_COMPLETE": f"{shell}_source"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"_ARCHIVE_COMPLETE" in done.stdout


def test_completion_knows_commands_and_options() -> None:
    def complete(words: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-m", "archive"],
            capture_output=True,
            check=True,
            timeout=TIMEOUT,
            env={
                **os.environ,
                "_ARCHIVE_COMPLETE": "bash_complete",
                "COMP_WORDS": words,
                "COMP_CWORD": str(len(words.split()) - 1),
            },
        )
        return [line.partition(",")[2] for line in done.stdout.decode().splitlines()]

    assert complete("archive sta") == ["status"]
    assert "--read-only" in complete("archive audit --read")
