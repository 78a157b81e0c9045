"""Every hostile test passes through the common checks."""

import socket
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.e2e.command import Command
from tests.hostile.watched import WatchedCommand


@pytest.fixture
def command(tmp_path: Path) -> WatchedCommand:
    """The command over an archive that does not exist yet, each run of it watched."""
    return WatchedCommand(tmp_path / "archive", tmp_path / "keys")


@pytest.fixture(autouse=True)
def nothing_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is judged in this process reaches no network either."""

    def refuse(*given: Any, **named: Any) -> NoReturn:
        raise AssertionError(f"connects: {given[1:]}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def copied(archive: Command, tmp_path: Path) -> Command:
    """An archive with a document, and a copy beside it."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.txt").write_bytes(b"a")
    archive("ingest", source, "--describe-later", "--no-identify")
    archive("copy", "--to", tmp_path / "copy")
    return archive
