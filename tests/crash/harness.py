"""Commands that die or fail at a chosen call, and what must hold of the archive afterwards.

Faults are put in front of Python's own calls in a forked child: a run costs some 50 ms, so every call of a
small command can be tried. `tests/crash/tracing.py` does the same to the system calls of the installed
program with strace, which also reaches SQLite and buffered streams.
"""

import builtins
import contextlib
import errno
import io
import json
import os
import shutil
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha512
from importlib import import_module
from pathlib import Path
from typing import Any

from archive.schemas import is_valid

KILLED = 128 + signal.SIGKILL
CALLS = (
    "mkdir", "open", "write", "fchmod", "chmod", "utime", "ftruncate", "fsync", "rename", "replace",
    "unlink", "remove", "rmdir", "link", "symlink",
)  # fmt: skip
# What an audit may say beside notes of an archive whose writer was killed and not yet followed by another.
UNFINISHED = frozenset({"CATALOG-INDEX", "CATALOG-STALE"})


class Fault(StrEnum):
    """What happens at the chosen call."""

    KILL = "kill"
    TORN = "torn"  # killed in the middle of a write
    ENOSPC = "ENOSPC"
    EIO = "EIO"
    EDQUOT = "EDQUOT"
    EMFILE = "EMFILE"
    EACCES = "EACCES"
    LOST = "lost"  # a write claims success and never happens
    FLIPPED = "flipped"  # a byte turns as it is written
    POWER = "power"  # the file system is cut off: what was not synced is gone (see tests/crash/disks.py)


DEATHS = frozenset({Fault.KILL, Fault.TORN, Fault.POWER})
ERRORS = (Fault.ENOSPC, Fault.EIO, Fault.EDQUOT, Fault.EMFILE, Fault.EACCES)


ALL_CALLS = frozenset(CALLS) | {"syncfs"}
_SPACE = frozenset({"mkdir", "open", "write", "fsync", "syncfs", "rename", "link", "symlink"})
_REACH = {
    Fault.ENOSPC: _SPACE,
    Fault.EDQUOT: _SPACE,
    Fault.EMFILE: frozenset({"open"}),
    Fault.TORN: frozenset({"write"}),
    Fault.LOST: frozenset({"write"}),
    Fault.FLIPPED: frozenset({"write"}),
}


@dataclass
class Saboteur:
    """Stands before every call that changes the disk and strikes at the `at`-th; None only counts.

    `lasting` errors hit every later call too, as on a disk that stays full.
    """

    fault: Fault
    at: int | None
    lasting: bool = False
    cut: Callable[[], None] | None = None  # cuts the power
    log: list[str] = field(default_factory=list)
    _count: int = 0

    @property
    def reach(self) -> frozenset[str]:
        """The calls that this fault can hit: a full disk still lets names be removed."""
        return _REACH.get(self.fault, ALL_CALLS)

    def install(self) -> None:
        """Puts itself in front of the calls, in this process for good."""
        from archive.storage import file_system_sync

        for name in CALLS:
            setattr(os, name, self._guard(name, getattr(os, name)))
        guarded = self._guard("open", io.open)
        builtins.open = guarded  # streams write when they are flushed: only their making is a step
        io.open = guarded
        whole = file_system_sync._syncfs()
        if whole is not None:
            call = self._guard("syncfs", whole)

            def reporting(descriptor: int) -> int:  # an error as the C library reports it: by number
                try:
                    return int(call(descriptor))
                except OSError as trouble:
                    return trouble.errno or errno.EIO

            file_system_sync._syncfs = lambda: reporting

    def _guard(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            if not _changes(name, arguments):
                return real(*arguments, **options)
            number = self._count
            self._count += 1
            if self.at is None:
                self.log.append(name)
            elif name in self.reach and (number == self.at or (self.lasting and number > self.at)):
                return self._strike(name, real, arguments, options)
            return real(*arguments, **options)

        return call

    def _strike(
        self, name: str, real: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> Any:
        if self.fault in ERRORS:
            code = getattr(errno, self.fault.value)
            raise OSError(code, os.strerror(code))
        if self.fault in DEATHS:
            if self.cut is not None:
                self.cut()
            if self.fault is Fault.TORN and name == "write":
                real(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
            os._exit(KILLED)
        if name != "write" or not len(arguments[1]):
            return real(*arguments, **options)
        data = bytes(arguments[1])
        if self.fault is Fault.LOST:
            return len(data)
        return real(arguments[0], bytes([data[0] ^ 1]) + data[1:])


def _changes(name: str, arguments: tuple[Any, ...]) -> bool:
    if name != "open":
        return True
    how = arguments[1] if len(arguments) > 1 else "r"
    if isinstance(how, int):
        return bool(how & os.O_CREAT)
    return any(letter in how for letter in "wxa+")


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code, its JSON report (None where it printed none), stderr."""

    code: int
    report: Any
    err: str


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
        saboteur: Saboteur | None = None,
        before: Callable[[], None] | None = None,
    ) -> list[Ended]:
        """Runs commands one after another in one forked child; the saboteur waits for the first.

        A child that died gives one `Ended` with the code of its death.
        """
        with tempfile.TemporaryDirectory(prefix="crash-", dir=self.workplace) as work:
            results = Path(work, "results")
            code = in_child(lambda: _play(self, commands, saboteur, before, results))
            if code != 0:
                return [Ended(code, None, "")]
            return [Ended(*one) for one in json.loads(results.read_bytes())]

    def steps(
        self, command: Sequence[str], *, code: int = 0, before: Callable[[], None] | None = None
    ) -> list[str]:
        """The names of the calls by which the command changes the disk, in order; it ends with `code`."""
        saboteur = Saboteur(Fault.KILL, None)
        with tempfile.TemporaryDirectory(prefix="crash-", dir=self.workplace) as work:
            log = Path(work, "log")

            def body() -> int:
                _environment(self)
                if before is not None:
                    before()
                real_open = io.open
                saboteur.install()
                ended = _run_one(self, command)
                with real_open(log, "w", encoding="utf-8") as stream:
                    stream.write("\n".join(saboteur.log))
                return ended[0]

            assert in_child(body) == code
            return log.read_text().split("\n")


def _play(
    scene: Scene,
    commands: Sequence[Sequence[str]],
    saboteur: Saboteur | None,
    before: Callable[[], None] | None,
    results: Path,
) -> int:
    _environment(scene)
    if before is not None:
        before()
    real_open = io.open
    real = {name: getattr(os, name) for name in CALLS}
    from archive.storage import file_system_sync

    whole = file_system_sync._syncfs
    if saboteur is not None:
        saboteur.install()
    ended = []
    for number, command in enumerate(commands):
        ended.append(_run_one(scene, command))
        if number == 0 and saboteur is not None:
            for name, call in real.items():
                setattr(os, name, call)
            builtins.open = io.open = real_open
            file_system_sync._syncfs = whole
    with real_open(results, "w", encoding="utf-8") as stream:
        json.dump(ended, stream)
    return 0


def _environment(scene: Scene) -> None:
    os.environ["ARCHIVE_KEY_DIR"] = str(scene.keys)
    os.environ["TMPDIR"] = str(scene.workplace)
    tempfile.tempdir = None


def _run_one(scene: Scene, command: Sequence[str]) -> tuple[int, Any, str]:
    from archive.cli.frame import run

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(["-C", str(scene.root), "--format", "json", *command])
    try:
        report = json.loads(out.getvalue())
    except ValueError:
        report = None
    return code, report, err.getvalue() + ("" if report else out.getvalue())


def in_child(body: Callable[[], int]) -> int:
    """The exit code of the body, run in a forked child; negative where a signal ended it."""
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
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


# -- what must hold ----------------------------------------------------------------------------------------


def snapshot(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Mode, modification time and content of everything below a folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        content = sha512(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[str(path.relative_to(folder))] = (status.st_mode, status.st_mtime_ns, content)
    return found


def debris(scene: Scene) -> list[str]:
    """What an unfinished command left and nobody took away: staged work and temporary files."""
    left = [path for path in scene.root.glob("staging/*") if path.name != ".lock"]
    audits = scene.root / "audits"  # what an audit was killed over stays until it is resumed
    left += [
        path
        for path in (*scene.root.rglob("*.tmp"), *scene.root.rglob(".*"))
        if path.name != ".lock" and audits not in path.parents and "data" not in path.parts
    ]
    left += list(scene.root.glob("*-journal")) + list(scene.root.glob("ledger/checkpoint.new"))
    settings = (scene.root / "archive.toml").read_text()
    for folder in scene.keys.glob("*"):
        if f"+{folder.name}+" in settings:  # not the key of an `init` that never came to its end
            left += [path for path in folder.iterdir() if path.name == "pending.json" or "tmp" in path.name]
    return sorted({str(path.relative_to(scene.folder)) for path in left})


def titles(listing: Any) -> tuple[str, ...]:
    """The titles that a `list` names, in its order."""
    return tuple(str(row["title"]) for row in listing["documents"])


def loose(scene: Scene) -> list[str]:
    """Folders of held and withdrawn bags that may be written to."""
    bags = (*scene.root.glob("bags/*/*"), *scene.root.glob("quarantine/withdrawn/*/*"))
    folders = [path for bag in bags for path in (bag, *bag.rglob("*")) if path.is_dir()]
    return sorted(str(path.relative_to(scene.root)) for path in folders if path.stat().st_mode & 0o222)


def held(listing: Any) -> list[str]:
    """The sources of the documents that a `list` names, in order."""
    return sorted(str(row["source"]) for row in listing["documents"])


@dataclass(frozen=True)
class Scenario:
    """A command over a scene, and what is held once it has run: `expected` sources, exit `code`.

    `done` are further codes with which the command may answer when it is given again after it had finished.
    `before` runs in the child ahead of everything, to make batches small, say.
    """

    scene: Scene
    arguments: tuple[str, ...]
    expected: tuple[str, ...] = ("first.txt",)
    code: int = 0
    done: frozenset[int] = frozenset()
    prior: int = 1
    before: Callable[[], None] | None = None
    titles: tuple[tuple[str, ...], tuple[str, ...]] | None = None  # those listed before it and after it
    told: frozenset[str] = frozenset()  # codes of findings that the command gives rise to

    def command(self, scene: Scene) -> list[str]:
        """The command over a copy of the scene; `{}` stands for its folder."""
        return [argument.replace("{}", str(scene.folder)) for argument in self.arguments]

    def steps(self) -> list[str]:
        """The calls by which the command changes the disk."""
        with tempfile.TemporaryDirectory(prefix="steps-", dir=self.scene.folder.parent) as work:
            scene = self.scene.copy(Path(work, "scene"))
            return scene.steps(self.command(scene), code=self.code, before=self.before)

    def strike(self, fault: Fault, at: int, *, lasting: bool = False) -> None:
        """The command over a fresh copy with a fault at the `at`-th call, then all that must hold."""
        with tempfile.TemporaryDirectory(prefix="strike-", dir=self.scene.folder.parent) as work:
            scene = self.scene.copy(Path(work, "scene"))
            sources = snapshot(scene.sources)
            saboteur = Saboteur(fault, at, lasting=lasting)
            (ended,) = scene.run(self.command(scene), saboteur=saboteur, before=self.before)
            if fault in DEATHS:
                assert ended.code in {KILLED, 3, self.code}, ended  # 3, code: a worker died, not the driver
            else:
                assert ended.code in {3, self.code}, ended
                if fault in {Fault.ENOSPC, Fault.EDQUOT, Fault.EMFILE}:
                    assert "document-archive-" not in " ".join(os.listdir(work)), "a spool is left"
            self.require_survival(scene, ended)
            assert snapshot(scene.sources) == sources

    def strike_twice(self, first: int, second: int) -> None:
        """Killed at the `first` call; the same command, which cleans up after it, killed at its `second`."""
        with tempfile.TemporaryDirectory(prefix="strike-", dir=self.scene.folder.parent) as work:
            scene = self.scene.copy(Path(work, "scene"))
            for at in (first, second):
                saboteur = Saboteur(Fault.KILL, at)
                (ended,) = scene.run(self.command(scene), saboteur=saboteur, before=self.before)
            self.require_survival(scene, ended)

    def require_survival(self, scene: Scene, ended: Ended) -> None:
        """What must hold after the command died or failed, and after it ran again."""
        if self.titles is not None:
            (between,) = scene.run(["list"])
            assert titles(between.report) in self.titles, "a third state"
        looked, again, audited, verified, listed = scene.run(
            ["audit", "--read-only"],
            self.command(scene),
            ["audit"],
            ["catalog", "verify"],
            ["list"],
            before=self.before,
        )
        if self.prior or ended.code == self.code:
            _require_no_harm(looked, self.prior, self.told)
        if ended.code == self.code:
            assert looked.report["scope"]["held"] == len(self.expected), "acknowledged and lost"
        assert again.code in {self.code, *self.done}, f"the same command again: {again}"
        assert audited.code == 0, f"audit after it: {audited}"
        assert audited.report["outcome"] == "intact"
        assert audited.report["recorded"]
        wrong = [
            one
            for one in audited.report["findings"]
            if one["severity"] != "note" and one["code"] not in self.told
        ]
        assert wrong == [], f"audit after it: {wrong}"
        assert verified.code == 0, f"catalog verify: {verified}"
        assert held(listed.report) == sorted(self.expected)
        if self.titles is not None:
            assert titles(listed.report) == self.titles[1]
        assert loose(scene) == [], "writable folders in a bag"
        left = debris(scene)
        assert left == [], f"left behind: {left}"


def _require_no_harm(looked: Ended, prior: int, told: frozenset[str]) -> None:
    """An audit before anybody cleans up: nothing held is harmed, nothing half done is taken for held."""
    assert looked.code == 0, f"audit before the rerun: exit {looked.code}\n{looked.report}\n{looked.err}"
    assert looked.report["outcome"] == "intact"
    assert looked.report["scope"]["held"] >= prior
    assert looked.report["counts"]["unknown"] == 0
    wrong = [
        one
        for one in looked.report["findings"]
        if one["severity"] != "note" and one["code"] not in UNFINISHED | told
    ]
    assert wrong == [], f"audit before the rerun: {wrong}"


# -- scenes ------------------------------------------------------------------------------------------------


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
        _environment(scene)
        for command in (["ingest", str(scene.folder / "before"), "--no-identify"], ["audit", "--read-only"]):
            _run_one(scene, command)
        _run_one(scene, ["catalog", "verify"])
        _run_one(scene, ["list"])
        names.write_text("\n".join(sys.modules))
        return 0

    assert in_child(body) == 0
    for name in names.read_text().split("\n"):
        if name.startswith("archive.") or name in {"lxml.etree", "sqlite3", "jinja2", "yaml"}:
            import_module(name)
    is_valid("dublin-core", {"title": "compiled once, for every child"})
    names.unlink()


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
        for ended in scene.run(init, ["ingest", str(before), "--no-identify"]):
            assert ended.code == 0, ended
        warm(scene)
    return scene
