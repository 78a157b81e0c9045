"""What format a file has, on PRONOM's word through pygfried (siegfried); never guessed without it.

Measured on 2 cores with pygfried 2.2: 0.2 s and 84 MB of private memory for the first file in each process,
then 0.4 to 1.3 ms a file. Its Go runtime does not survive `fork`, not even when it was only imported before:
the child waits for ever. Hence one process loads it, late, and every other one is told so instead of hanging.
"""

import importlib.util
import os
import resource
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from archive.core.agents import Agent, AgentKind
from archive.core.limits.documents import IDENTIFIER_ADDRESSES

HINT: Final = "pip install 'document-archive[identify]'"
_ID: Final = "siegfried"
_NAME: Final = "siegfried (pygfried)"
_CHUNK: Final = 256  # files per call into Go: amortises the call, bounds the answer


class FormatIdentification(NamedTuple):
    """One answer of the tool; empty texts where it says nothing. `puid` is PRONOM's, such as `fmt/18`."""

    name: str
    version: str
    puid: str
    mime: str
    basis: str
    warning: str


class Identification(NamedTuple):
    """What the tool said of one file: its answers, none where it knows no such format.

    `trouble` says why it could not look, which is neither an answer nor "unknown".
    """

    formats: tuple[FormatIdentification, ...] = ()
    trouble: str | None = None


class Identifier:
    """Identifies files by path. One process at a time; see the module."""

    def __init__(self, engine: Any, process: int) -> None:
        self._engine = engine
        self._process = process  # the one that loaded the engine
        self._agent: Agent | None = None

    @property
    def agent(self) -> Agent:
        """The tool with its version and the signatures it judges by; its package where it does not answer."""
        if os.getpid() != self._process:
            return _package_agent()
        if self._agent is None:
            try:
                self._agent = _agent(self._engine.identify_many([]))
            except (OSError, ValueError, TypeError, KeyError):  # every answer will say what its trouble is
                return _package_agent()
        return self._agent

    def identify(self, path: str) -> Identification:
        """What the tool says of the file at `path`; trouble is in the answer, never raised."""
        return self.identify_many((path,))[0]

    def identify_many(self, paths: Sequence[str]) -> list[Identification]:
        """The answers in the order of `paths`; a few files share one call."""
        if os.getpid() != self._process:
            return [Identification(trouble="the identifier was loaded by another process")] * len(paths)
        answers: list[Identification] = []
        for start in range(0, len(paths), _CHUNK):
            answers.extend(self._chunk(paths[start : start + _CHUNK]))
        return answers

    def _chunk(self, paths: Sequence[str]) -> list[Identification]:
        # Go takes UTF-8 only; a link or a special file could hang the reader or leave the tree.
        askable = [path for path in paths if _is_askable(path)]
        try:
            document = self._engine.identify_many(askable) if askable else {"files": []}
            found = dict(zip(askable, map(_answer, document["files"]), strict=True))
        except (OSError, ValueError, TypeError, KeyError) as trouble:
            if len(askable) > 1:  # one name that the engine writes down wrongly costs itself alone
                return [self._chunk((path,))[0] for path in paths]
            return [Identification(trouble=f"the identifier failed: {trouble}")] * len(paths)
        if document.get("siegfried") and self._agent is None:
            self._agent = _agent(document)
        refused = Identification(trouble="not a regular file, or a name that is not UTF-8")
        return [found.get(path, refused) for path in paths]


def _is_askable(path: str) -> bool:
    try:
        path.encode()
        return (os.lstat(path).st_mode & 0o170000) == 0o100000
    except (OSError, ValueError):
        return False


def _answer(entry: dict[str, Any]) -> Identification:
    formats = tuple(
        FormatIdentification(
            name=match.get("format", ""),
            version=match.get("version", ""),
            puid=match["id"],
            mime=match.get("mime", ""),
            basis=match.get("basis", ""),
            warning=match.get("warning", ""),
        )
        for match in entry["matches"]
        if match.get("id", "UNKNOWN") != "UNKNOWN"
    )
    trouble = entry.get("errors") or None
    # An empty file is judged by its name alone; that is an answer with a warning, not a failure to look.
    return Identification(formats, None if trouble == "empty source" else trouble)


def _agent(document: dict[str, Any]) -> Agent:
    signatures = "; ".join(str(each.get("details", "")) for each in document.get("identifiers", ()))
    version = f"{document.get('siegfried', '')} ({signatures})" if signatures else document.get("siegfried")
    return Agent(id=_ID, name=_NAME, kind=AgentKind.SOFTWARE, version=version)


def is_available() -> bool:
    """True where the extra `identify` is installed and its runtime has room to begin; loads nothing."""
    return importlib.util.find_spec("pygfried") is not None and _has_room()


def _has_room() -> bool:
    bound, _ = resource.getrlimit(resource.RLIMIT_AS)
    return bound == resource.RLIM_INFINITY or bound >= IDENTIFIER_ADDRESSES


def identifier_agent() -> Agent | None:
    """The tool as its package names itself, or None where it is not available; loads nothing of it.

    `Identifier.agent` has the signatures' version too, and costs the load.
    """
    return _package_agent() if is_available() else None


def _package_agent() -> Agent:
    from importlib.metadata import PackageNotFoundError, version  # 32 ms of import

    try:
        stated = f"pygfried {version('pygfried')}"
    except PackageNotFoundError:  # put on the path by hand
        stated = None
    return Agent(id=_ID, name=_NAME, kind=AgentKind.SOFTWARE, version=stated)


class _Loaded:
    """Which process loaded the Go runtime; a forked child inherits the answer, and the runtime dead."""

    process: int | None = None


def identifier(load: Callable[[], Any] | None = None) -> Identifier | None:
    """An identifier for this process, or None where the extra `identify` is not installed or has no room.

    Loads the Go runtime: call it after this process was forked, and fork no other process afterwards. In a
    child of a process that did, every answer is the trouble that it cannot be used here.
    """
    if load is not None:
        return Identifier(load(), os.getpid())
    if not _has_room():
        return None
    try:
        import pygfried  # 84 MB and a second runtime: only where it is wanted
    except ImportError:
        return None
    if _Loaded.process is None:
        _Loaded.process = os.getpid()
    return Identifier(pygfried, _Loaded.process)
