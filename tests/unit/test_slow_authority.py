"""A time-stamping authority that goes on answering holds nobody up for longer than is said."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.cli.frame import run
from archive.services.evidence import timestamping
from tests.archives import make_archive

pytest.importorskip("rfc3161_client", reason="the extra `timestamp` is not installed")

_HEAD = b"HTTP/1.0 200 OK\r\n\r\n"


@pytest.fixture(params=[_HEAD, b""], ids=["an answer", "a head"])
def dripping(request: pytest.FixtureRequest) -> Iterator[str]:
    """An address that answers byte after byte, each well before anybody gives up on the next."""
    ended = threading.Event()

    def answer() -> None:
        connection, _ = server.accept()
        with connection:
            connection.sendall(request.param)
            while not ended.wait(0.05):
                try:
                    connection.sendall(b"0")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        ended.set()
        thread.join()


def test_an_answer_that_does_not_end_is_given_up_on(
    dripping: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = make_archive(tmp_path, monkeypatch)
    monkeypatch.setattr(timestamping, "TIME_STAMPING", 0.5)
    began = time.monotonic()
    code = run(["-C", str(made.root), "ledger", "timestamp", "--tsa", dripping, "--format", "json"])
    assert (code, time.monotonic() - began < 5) == (3, True)
    message = json.loads(capsys.readouterr().out)["message"]
    assert message == f"{dripping}: no answer within 0.5 seconds"
    assert not (made.root / "ledger/timestamps").exists()
