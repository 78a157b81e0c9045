"""Format identification: on a tool's word or not at all; never a guess, never a hang."""

import importlib.util
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from archive.formats import format_identification
from archive.formats.format_identification import (
    Identification,
    Identifier,
    identifier,
    identifier_agent,
    is_available,
)


class FakeEngine:
    """Answers as pygfried 2.2 does; `answers` gives the matches per file name."""

    def __init__(self, answers: dict[str, dict[str, Any]] | None = None) -> None:
        self.answers = answers or {}
        self.asked: list[str] = []

    def identify_many(self, paths: list[str]) -> dict[str, Any]:
        self.asked += paths
        return {
            "siegfried": "1.11.9",
            "identifiers": [{"name": "pronom", "details": "DROID_SignatureFile_V125.xml"}],
            "files": [
                {"filename": path, "errors": "", "matches": []} | self.answers.get(os.path.basename(path), {})
                for path in paths
            ],
        }


def fake(engine: FakeEngine) -> Identifier:
    made = identifier(lambda: engine)
    assert made is not None
    return made


TEXT = {
    "ns": "pronom",
    "id": "x-fmt/111",
    "format": "Plain Text File",
    "version": "",
    "mime": "text/plain",
    "basis": "extension match txt",
    "warning": "match on extension only",
}


def test_every_answer_is_kept_with_its_basis_and_warning(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    engine = FakeEngine({"a.txt": {"matches": [TEXT, TEXT | {"id": "fmt/1"}]}})
    formats = fake(engine).identify(f"{tmp_path}/a.txt").formats
    assert [each.puid for each in formats] == ["x-fmt/111", "fmt/1"]
    assert (formats[0].basis, formats[0].warning) == ("extension match txt", "match on extension only")


def test_an_unknown_format_is_an_answer_without_formats_and_not_trouble(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    engine = FakeEngine({"a": {"matches": [TEXT | {"id": "UNKNOWN", "format": ""}]}})
    assert fake(engine).identify(f"{tmp_path}/a") == Identification()


def test_what_could_not_be_read_is_trouble_and_not_unknown(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    answer = fake(FakeEngine({"a": {"errors": "input/output error"}})).identify(f"{tmp_path}/a")
    assert answer == Identification(trouble="input/output error")


def test_links_fifos_and_names_that_are_not_utf8_are_never_given_to_the_engine(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/hostname")
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "plain").write_text("a")
    engine = FakeEngine()
    paths = [f"{tmp_path}/{name}" for name in ("link", "fifo", "no\udcff", "absent", "plain", "nul\0")]
    troubles = [answer.trouble is not None for answer in fake(engine).identify_many(paths)]
    assert troubles == [True, True, True, True, False, True]
    assert engine.asked == [f"{tmp_path}/plain"]


def test_an_engine_that_fails_or_answers_something_else_is_trouble(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")

    class Broken(FakeEngine):
        def identify_many(self, paths: list[str]) -> dict[str, Any]:
            return super().identify_many(paths) | {"files": []}

    class Failing(FakeEngine):
        def identify_many(self, paths: list[str]) -> dict[str, Any]:
            raise OSError(f"no signatures for {paths}")

    for engine in (Broken(), Failing()):
        assert "the identifier failed" in (fake(engine).identify(f"{tmp_path}/a").trouble or "")
    assert fake(Failing()).agent.id == "siegfried"


def test_many_files_go_in_chunks_and_come_back_in_order(tmp_path: Path) -> None:
    names = [f"{number}" for number in range(600)]
    for name in names:
        (tmp_path / name).touch()
    engine = FakeEngine({name: {"errors": name} for name in names})
    answers = fake(engine).identify_many([f"{tmp_path}/{name}" for name in names])
    assert [answer.trouble for answer in answers] == names


def test_a_name_that_the_engine_cannot_take_costs_itself_alone(tmp_path: Path) -> None:
    class Choking(FakeEngine):
        def identify_many(self, paths: list[str]) -> dict[str, Any]:
            if any("bad" in path for path in paths):
                raise ValueError("Invalid control character")
            return super().identify_many(paths)

    for name in ("a", "bad", "c"):
        (tmp_path / name).touch()
    engine = Choking({name: {"errors": name} for name in ("a", "c")})
    answers = fake(engine).identify_many([f"{tmp_path}/{name}" for name in ("a", "bad", "c")])
    troubles = [answer.trouble for answer in answers]
    assert troubles == ["a", "the identifier failed: Invalid control character", "c"]


def test_a_child_process_is_told_instead_of_hanging(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    engine = FakeEngine()
    made = fake(engine)
    made._process += 1  # as after a fork
    assert made.identify(f"{tmp_path}/a").trouble == "the identifier was loaded by another process"
    assert engine.asked == []


def test_the_agent_names_tool_and_signatures() -> None:
    agent = fake(FakeEngine()).agent
    assert (agent.id, agent.version) == ("siegfried", "1.11.9 (DROID_SignatureFile_V125.xml)")


def test_without_the_extra_there_is_no_identifier(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygfried", None)
    assert identifier() is None


def test_asking_whether_it_is_available_loads_nothing() -> None:
    code = (
        "import sys; from archive.formats import format_identification as f; f.is_available();"
        "print('pygfried' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.skipif(not format_identification.is_available(), reason="the extra `identify` is not installed")
def test_the_real_tool_knows_a_pdf_and_an_empty_file_by_its_name_only(tmp_path: Path) -> None:
    # In a process of its own: the Go runtime must not live in a test process that others fork.
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n%%EOF\n")
    (tmp_path / "b.txt").touch()
    (tmp_path / "c").write_bytes(bytes(range(1, 9)))
    code = (
        "import sys; from archive.formats.format_identification import identifier; i = identifier();"
        "for_each = i.identify_many(sys.argv[1:]);"
        "[print(*(f'{f.puid} {f.warning}' for f in a.formats), a.trouble) for a in for_each];"
        "print('DROID' in i.agent.version)"
    )
    paths = [f"{tmp_path}/{name}" for name in ("a.pdf", "b.txt", "c")]
    done = subprocess.run(
        [sys.executable, "-c", code, *paths], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines() == [
        "fmt/18  None",
        "x-fmt/111 match on extension only None",
        "None",
        "True",
    ]


def test_the_package_names_itself_without_being_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(format_identification, "is_available", lambda: False)
    assert identifier_agent() is None
    monkeypatch.setattr(format_identification, "is_available", lambda: True)
    monkeypatch.setattr("importlib.metadata.version", {"pygfried": "2.2.0"}.__getitem__)
    agent = identifier_agent()
    assert agent is not None
    assert (agent.id, agent.version) == ("siegfried", "pygfried 2.2.0")


@pytest.mark.skipif(not format_identification.is_available(), reason="the extra `identify` is not installed")
def test_a_forked_child_of_a_process_that_used_the_tool_is_told_and_does_not_hang(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    code = (
        "import os, sys, signal\n"
        "from archive.formats.format_identification import identifier\n"
        "identifier().identify(sys.argv[1])\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    signal.alarm(20)\n"
        "    fresh = identifier()\n"
        "    print(fresh.identify(sys.argv[1]).trouble, fresh.agent.id, flush=True)\n"
        "    os._exit(0)\n"
        "sys.exit(os.waitpid(child, 0)[1])\n"
    )
    command = [sys.executable, "-c", code, f"{tmp_path}/a.txt"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "the identifier was loaded by another process siegfried\n"


@pytest.mark.parametrize(
    ("bound", "there"), [(resource.RLIM_INFINITY, True), (8 << 30, True), (1 << 30, False), (0, False)]
)
def test_nothing_is_identified_where_the_runtime_would_end_the_process(
    monkeypatch: pytest.MonkeyPatch, bound: int, there: bool
) -> None:
    monkeypatch.setitem(sys.modules, "pygfried", FakeEngine())
    monkeypatch.setattr(format_identification._Loaded, "process", None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: object())
    monkeypatch.setattr(resource, "getrlimit", lambda _: (bound, resource.RLIM_INFINITY))
    assert is_available() is there
    assert (identifier() is not None) is there
    assert (identifier_agent() is not None) is there
