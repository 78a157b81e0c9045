"""Opens the database that an index is, and refuses every file that is not exactly one of ours."""

import contextlib
import os
import sqlite3
import stat
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from archive.core.errors import StorageError
from archive.core.limits.waits import INDEX_BUSY
from archive.core.text import printable
from archive.storage.disk.descriptors import FILE
from archive.storage.index.tables import APPLICATION_ID, STATEMENTS, VERSION

# Where the file's header says how it is written and read, and what it says of a write-ahead log
# (sqlite.org/fileformat2.html §1.3.3).
_VERSIONS: Final = slice(18, 20)
_WAL: Final = 2

# The files that SQLite looks for beside a database.
_LOG: Final = "-wal"
_JOURNAL: Final = "-journal"
BESIDE: Final = (_JOURNAL, _LOG, "-shm")

# How a journal ends that names another file: SQLite removes that file when it has rolled the journal back. It
# writes such an end for a commit to several databases, of which there are none here (pager.c, super-journal).
_NAMES_ANOTHER: Final = bytes.fromhex("d9d505f920a163d7")

REMEDY: Final = "nothing is lost: archive catalog rebuild makes it again from the ledger and the bags"
_NO_ROOM: Final = f"free some space on that disk; {REMEDY}"


class IndexUnusableError(StorageError):
    """The index is absent, damaged, of another version, or busy; ledger and bags say all it said."""

    def __init__(self, reason: str, remedy: str = REMEDY) -> None:
        super().__init__(f"catalog.sqlite: {reason}", remedy=remedy)
        self.reason = reason


class IndexSharedError(IndexUnusableError):
    """The index has another name, as in a backup made of hard links: a write would change that one too."""

    def __init__(self) -> None:
        super().__init__("has another name somewhere, which would change with it")


class IndexBusyError(IndexUnusableError):
    """Another program reads or writes the index, and does not let go of it."""


class IndexDamagedError(IndexUnusableError):
    """The file does not hold what this program wrote there: only another one in its place helps."""


class IndexValueError(IndexDamagedError):
    """The index holds a value that this program never writes there."""


class Typed:
    """What rows of a query consist of: for each column the types that this program writes there.

    SQLite keeps a value of any type in any column, and the file may come from anywhere.
    """

    def __init__(self, columns: str, types: str) -> None:
        """`types`: a letter for each column; `i` number, `t` text, `b` bytes, and in capitals also NULL."""
        self._columns = [name.strip() for name in columns.split(",")]
        self._allowed = [_TYPES[letter] for letter in types]
        self._seen: set[tuple[type, ...]] = set()

    def __call__(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """The row; IndexValueError where it has another type in a column."""
        if (types := tuple(map(type, row))) not in self._seen:
            for name, found, allowed in zip(self._columns, types, self._allowed, strict=True):
                if found not in allowed:
                    raise IndexValueError(f"holds a value of another type than it should: {name}")
            self._seen.add(types)
        return row


_NULL: Final = type(None)
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "i": (int,),
    "t": (str,),
    "b": (bytes,),
    "I": (int, _NULL),
    "T": (str, _NULL),
}


# What SQLite says of a file whose pages, rows or tables are not as they were written; extended codes have the
# primary one in their last byte (sqlite.org/rescode.html).
_PRIMARY: Final = 0xFF
_DAMAGE: Final = frozenset(
    {
        sqlite3.SQLITE_ERROR,
        sqlite3.SQLITE_INTERNAL,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_TOOBIG,
        sqlite3.SQLITE_CONSTRAINT,
        sqlite3.SQLITE_MISMATCH,
        sqlite3.SQLITE_FORMAT,
        sqlite3.SQLITE_NOTADB,
    }
)

_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """Every error of SQLite as an IndexUnusableError: an IndexDamagedError where it is about the file, an
    IndexBusyError where others have it."""
    try:
        yield
    except sqlite3.Error as trouble:
        is_full = getattr(trouble, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        reason = f"cannot be used: {printable(str(trouble))}"
        kind = IndexDamagedError if _is_damage(trouble) else IndexUnusableError
        if _code(trouble) in _BUSY:
            kind = IndexBusyError
        raise kind(reason, _NO_ROOM if is_full else REMEDY) from trouble
    except OverflowError as trouble:
        raise IndexUnusableError(f"cannot hold that number: {trouble}") from trouble


def _is_damage(trouble: sqlite3.Error) -> bool:
    """False where disk, lock or system refuse, and for what is no word of the file's at all."""
    code = _code(trouble)
    if code is None:  # the module's own: of a closed file, or of text that is not UTF-8
        return type(trouble) is sqlite3.OperationalError
    return code in _DAMAGE


def _code(trouble: sqlite3.Error) -> int | None:
    code = getattr(trouble, "sqlite_errorcode", None)
    return None if code is None else code & _PRIMARY


def open_existing(path: str, *, writable: bool) -> sqlite3.Connection:
    """The database at the path, if it is an index of this version.

    Raises IndexSharedError for a writer where the file has another name. A reader on a medium that cannot be
    written opens it as immutable: no lock and no journal are looked for, so an unfinished journal beside it
    makes it unusable.
    """
    status = _require_plain_file(path)
    if writable and status.st_nlink > 1:
        raise IndexSharedError
    with guarded():
        connection = sqlite3.connect(
            _address(path, writable=writable), uri=True, timeout=INDEX_BUSY, isolation_level=None
        )
    try:
        with guarded():
            # The file may come from anywhere: no function of ours runs from its schema, cells are checked.
            connection.execute("PRAGMA trusted_schema=OFF")
            connection.execute("PRAGMA cell_size_check=ON")
            _require_ours(connection)
            if writable:
                _make_durable(connection)
            else:
                connection.execute("PRAGMA query_only=ON")
    except BaseException:
        connection.close()
        raise
    return connection


def create(path: str, *, durable: bool) -> sqlite3.Connection:
    """A new, empty index; without `durable` nothing is synced: it is renamed into place when complete."""
    with guarded():
        connection = sqlite3.connect(path, timeout=INDEX_BUSY, isolation_level=None)
    try:
        with guarded():
            if durable:
                _make_durable(connection)
            else:
                connection.execute("PRAGMA journal_mode=OFF")
                connection.execute("PRAGMA synchronous=OFF")
            connection.execute("BEGIN EXCLUSIVE")
            for statement in STATEMENTS:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version={VERSION}")
            connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _make_durable(connection: sqlite3.Connection) -> None:
    # Of five acknowledged commits before a power cut WAL+NORMAL kept none, DELETE+FULL four, DELETE+EXTRA
    # five (measured); and a rollback journal leaves one file that can be copied.
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.execute("PRAGMA synchronous=EXTRA")


def _address(path: str, *, writable: bool) -> str:
    address = "file:" + quote(os.fsencode(os.path.abspath(path)))
    if writable:
        return f"{address}?mode=rw"
    folder = os.path.dirname(os.path.abspath(path))
    if os.access(folder, os.W_OK):
        return f"{address}?mode=ro"
    with contextlib.suppress(OSError):
        if os.stat(f"{path}-journal").st_size:
            raise IndexUnusableError("a write of it was interrupted, and it cannot be mended here")
    return f"{address}?mode=ro&immutable=1"


def _require_plain_beside(path: str, ending: str) -> None:
    beside = os.lstat(path + ending)
    if not stat.S_ISREG(beside.st_mode):  # SQLite would wait for a pipe
        raise IndexUnusableError(f"has no plain file beside it: remove catalog.sqlite{ending}")
    if beside.st_nlink > 1:  # SQLite would write over what does not look like a journal
        raise IndexUnusableError(f"has another name of a file beside it: remove catalog.sqlite{ending}")
    if ending == _JOURNAL and _read(path + ending, -len(_NAMES_ANOTHER)) == _NAMES_ANOTHER:
        raise IndexUnusableError(f"has a journal that names another file: remove catalog.sqlite{ending}")
    if ending == _LOG:  # SQLite would believe it, whatever the header says
        raise IndexUnusableError(f"has a write-ahead log beside it: remove catalog.sqlite{ending}")


def _require_plain_file(path: str) -> os.stat_result:
    try:
        status = os.lstat(path)
        header = _read(path, _VERSIONS.stop) if stat.S_ISREG(status.st_mode) else b""
    except (FileNotFoundError, NotADirectoryError):
        raise IndexUnusableError("is not there") from None
    except OSError as trouble:
        raise IndexUnusableError(f"cannot be looked at: {trouble.strerror}") from trouble
    if not stat.S_ISREG(status.st_mode):
        raise IndexUnusableError("is not a plain file")
    for ending in BESIDE:
        try:
            _require_plain_beside(path, ending)
        except FileNotFoundError:
            continue
        except OSError as trouble:
            raise IndexUnusableError(f"cannot be looked at: {trouble.strerror}") from trouble
    if _WAL in header[_VERSIONS]:  # even a reader would make two files beside it
        raise IndexUnusableError("keeps a write-ahead log, as no index of this program does")
    return status


def _read(path: str, count: int) -> bytes:
    """So many bytes from the begin of a file, or from its end where the number is negative."""
    descriptor = os.open(path, FILE)
    try:
        at = 0 if count >= 0 else max(os.fstat(descriptor).st_size + count, 0)
        return os.pread(descriptor, abs(count), at)
    finally:
        os.close(descriptor)


def _require_ours(connection: sqlite3.Connection) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID:
        raise IndexUnusableError("is not an index of this program")
    if version != VERSION:
        raise IndexUnusableError(f"has version {version}; this program writes version {VERSION}")
    # Triggers and views planted in the file are refused with everything else that we did not create; FTS5's
    # own tables, and the indexes that a UNIQUE makes, are not ours to spell.
    rows = connection.execute(
        "SELECT sql FROM sqlite_schema WHERE (sql IS NOT NULL AND name NOT GLOB 'words_*')"
        " OR type IN ('trigger', 'view')"
    )
    if {sql for (sql,) in rows} != set(STATEMENTS):
        raise IndexUnusableError("its tables are not as this program made them")
