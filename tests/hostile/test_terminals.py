"""Tables and lists printed on a terminal: no name in them moves its cursor; a pipe gets every byte."""

import json
import os
import pty
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from lxml import etree

from tests.e2e.command import TIMEOUT, Command
from tests.hostile.submission import ingest, put, require_plain

NAMES = ("a\x1b[31mred.txt", "b\u202egpj.txt", "c\x9bcsi.txt")
TITLE = "left\u202etfel\x9b"
EXPORT = ("catalog", "export", "--what", "descriptions", "--format")


@pytest.fixture
def held(archive: Command, tmp_path: Path) -> Command:
    """An archive with documents of such names and titles."""
    source = tmp_path / "source"
    rows = "".join(f'"{name}","{TITLE}"\r\n' for name in NAMES)
    for name in NAMES:
        put(source, name, name.encode())
    put(source, "metadata.csv", f"filename,title\r\n{rows}".encode())
    ingest(archive, source)
    return Command(archive.root, archive.keys)  # what is piped here is not for people


def on_terminal(archive: Command, *arguments: str) -> str:
    """What a command prints on a terminal, ends of lines aside."""
    master, slave = pty.openpty()
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            [sys.executable, "-m", "archive", "-C", str(archive.root), *arguments],
            stdout=slave,
            stderr=said,
            env={**archive.environment(), "NO_COLOR": "1"},
        ) as running,
    ):
        os.close(slave)
        read = b""
        while True:
            try:
                more = os.read(master, 65_536)
            except OSError:  # so a terminal ends
                break
            if not more:
                break
            read += more
        os.close(master)
        code = running.wait(TIMEOUT)
        said.seek(0)
        assert code == 0, (code, said.read(), read)
    return read.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("list", "--as-received"),
        (*EXPORT, "csv"),
        (*EXPORT, "json"),
        (*EXPORT, "xml"),
        ("show", "", "--as", "json"),
        ("show", "", "--as", "oai_dc"),
        ("show", "", "--as", "mets"),
        ("show", "", "--as", "prov-n"),
        ("template", "--held"),
    ],
)
def test_no_table_or_list_on_a_terminal_carries_a_raw_control(
    held: Command, arguments: tuple[str, ...]
) -> None:
    if arguments[0] == "show":
        listed = held("list", "--format", "json").json["documents"]
        arguments = ("show", listed[0]["id"], *arguments[2:])
    shown = on_terminal(held, *arguments)
    assert shown.count("\n") >= 1
    require_plain(shown)


def test_what_json_and_xml_show_means_what_a_pipe_gets(held: Command) -> None:
    assert json.loads(on_terminal(held, *EXPORT, "json")) == held(*EXPORT, "json").json
    shown = etree.fromstring(on_terminal(held, *EXPORT, "xml").encode())
    piped = etree.fromstring(held(*EXPORT, "xml").out.encode())
    assert TITLE in [each.text for each in shown.iter("{*}title")]
    assert etree.tostring(shown) == etree.tostring(piped)


def test_a_pipe_gets_the_names_as_they_are(held: Command) -> None:
    for arguments in (("list", "--as-received"), (*EXPORT, "csv")):
        piped = held(*arguments).out
        assert all(name in piped for name in NAMES), ascii(piped)
        assert piped != on_terminal(held, *arguments)
