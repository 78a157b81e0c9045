"""Archives with their keys and what is offered to them, in folders that can be copied and struck."""

import contextlib
import io
import json
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from archive.schemas import is_valid
from tests.crash.faults import Fault
from tests.crash.refusals import Refusals
from tests.crash.sabotage import Call, Saboteur

QUICK = ("--no-identify", "--jobs", "1")  # the format identifier's threads do not live in a forked child
Before = Callable[[], None]


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code, its JSON report (None where it printed none), stderr.

    `could_remove` is False where from some call on no name could be removed any more.
    """

    code: int
    report: Any
    err: str
    could_remove: bool = True


@dataclass(frozen=True)
class Scene:
    """An archive with its keys and what is offered to it, all below one folder that can be copied."""

    folder: Path
    work: Path | None = None  # where the harness keeps its own files; else beside the folder

    @property
    def workplace(self) -> Path:
        """Where temporary files go."""
        return self.work or self.folder.parent

    @property
    def root(self) -> Path:
        """The archive."""
        return self.folder / "archive"

    @property
    def keys(self) -> Path:
        """The key folder."""
        return self.folder / "keys"

    @property
    def sources(self) -> Path:
        """The submission."""
        return self.folder / "sources"

    def copy(self, target: Path) -> "Scene":
        """The same scene elsewhere."""
        shutil.copytree(self.folder, target, symlinks=True)
        return Scene(target)

    def run(
        self,
        *commands: Sequence[str],
        saboteur: Saboteur | Refusals | None = None,
        before: Before | None = None,
    ) -> list[Ended]:
        """Runs commands one after another in one forked child; the saboteur waits for the first.

        A child that died gives one `Ended` with the code of its death.
        """
        with tempfile.TemporaryDirectory(prefix="crash-", dir=self.workplace) as work:
            results = Path(work, "results")

            def body() -> int:
                self._environment(before)
                ended = []
                for number, command in enumerate(commands):
                    struck = saboteur.at_work() if saboteur and number == 0 else contextlib.nullcontext()
                    with struck:
                        ended.append(self._run_one(command))
                results.write_text(json.dumps(ended), encoding="utf-8")
                return 0

            code = in_child(body)
            if code != 0:
                return [Ended(code, None, "")]
            return [Ended(*one) for one in json.loads(results.read_bytes())]

    def begin(self, command: Sequence[str]) -> int:
        """Runs a command in a forked child that leads a process group of its own; the caller waits for it."""

        def body() -> int:
            self._environment(None)
            return int(self._run_one(command)[0])

        child = begin_child(body)
        os.setpgid(child, child)
        return child

    def made(self, *commands: Sequence[str], before: Before | None = None) -> "Scene":
        """Itself, once each of these commands has ended well."""
        for ended in self.run(*commands, before=before):
            assert ended.code == 0, ended
        return self

    def calls(self, command: Sequence[str], *, code: int = 0, before: Before | None = None) -> list[Call]:
        """The calls by which the command changes the disk, in order; it ends with `code`.

        What it imports is imported here, too, so that no child pays for it again.
        """
        saboteur = Saboteur(Fault.KILL, None)
        with tempfile.TemporaryDirectory(prefix="crash-", dir=self.workplace) as work:
            log = Path(work, "log")

            def body() -> int:
                self._environment(before)
                with saboteur.at_work():
                    ended = self._run_one(command)
                log.write_text(json.dumps([ended[2], saboteur.log, list(sys.modules)]), encoding="utf-8")
                return ended[0]

            found = in_child(body)
            said, calls, modules = json.loads(log.read_bytes())
            assert found == code, said
            _import(modules)
            return [Call(*call) for call in calls]

    def steps(self, command: Sequence[str], *, code: int = 0, before: Before | None = None) -> list[str]:
        """The names of those calls."""
        return [call.name for call in self.calls(command, code=code, before=before)]

    def _environment(self, before: Before | None) -> None:
        os.environ["ARCHIVE_KEY_DIR"] = str(self.keys)
        os.environ["TMPDIR"] = str(self.workplace)
        tempfile.tempdir = None
        if before is not None:
            before()

    def _run_one(self, command: Sequence[str]) -> tuple[int, Any, str]:
        from archive.cli.frame import run

        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(["-C", str(self.root), "--format", "json", *command])
        try:
            report = json.loads(out.getvalue())
        except ValueError:
            report = None
        return code, report, err.getvalue() + ("" if report else out.getvalue())


def in_child(body: Callable[[], int]) -> int:
    """The exit code of the body, run in a forked child; negative where a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(begin_child(body), 0)[1])


def begin_child(body: Callable[[], int]) -> int:
    """A forked child whose exit code is what the body returns; the caller waits for it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of threads beside a fork
        child = os.fork()
    if child == 0:
        code = 1
        try:
            code = body()
        except BaseException:  # noqa: BLE001 - a forked child of the tests must not come back
            import traceback

            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(code)
    return child


def memory_folder() -> Path:
    """A new folder in which hundreds of syncs take no time, where the machine has one."""
    where = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a folder of its own
    return Path(tempfile.mkdtemp(prefix="archive-crash-", dir=where))


@contextlib.contextmanager
def in_memory() -> Iterator[Path]:
    """A folder of `memory_folder` that is removed at the end."""
    folder = memory_folder()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_document(folder: Path, name: str, content: bytes, *, sidecar: bool = True) -> None:
    """A document, with a description beside it."""
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    if sidecar:
        (target.parent / f"{target.name}.dc.json").write_text(json.dumps({"title": f"About {name}"}))


def warm(scene: Scene) -> None:
    """Imports here what the commands import, so that no child pays for it again."""
    names = scene.folder / "modules"

    def body() -> int:
        scene._environment(None)
        for command in (["ingest", str(scene.folder / "before"), "--no-identify"], ["audit", "--read-only"]):
            scene._run_one(command)
        scene._run_one(["catalog", "verify"])
        scene._run_one(["list"])
        names.write_text("\n".join(sys.modules))
        return 0

    assert in_child(body) == 0
    _import(names.read_text().split("\n"))
    is_valid("dublin-core", {"title": "compiled once, for every child"})
    names.unlink()


def _import(names: Iterable[str]) -> None:
    for name in names:
        if name.startswith("archive.") or name in {"lxml.etree", "sqlite3", "jinja2", "yaml"}:
            import_module(name)


def make_scene(folder: Path, documents: dict[str, bytes], *, made: bool = True) -> Scene:
    """An archive that holds one document, unless it is yet to be `made`, and a submission of documents."""
    folder.mkdir(parents=True, exist_ok=True)
    scene = Scene(folder)
    scene.sources.mkdir()
    for name, content in documents.items():
        write_document(scene.sources, name, content)
    before = folder / "before"
    before.mkdir()
    write_document(before, "first.txt", b"held from the first day\n")
    init = ["init", str(scene.root), "--name", "Valley", "--agent", "Ana Example"]
    if made:
        scene.made(init, ["ingest", str(before), "--no-identify"])
        warm(scene)
    return scene
