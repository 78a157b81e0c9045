"""Bytes from outside given to libraries: whatever a library raises of them is one error."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_PANIC = (
    "PanicException"  # what pyo3 makes of a panic in Rust: a BaseException, in a module that is not there
)


class LibraryError(Exception):
    """A library did not take the bytes; the text is what it said."""


@contextmanager
def library_call() -> Iterator[None]:
    """Turns every error of the libraries called in the body into LibraryError, a panic in Rust too.

    What they document is no bound: cryptography raises InvalidVersion, which is no ValueError, InternalError
    and warnings; rfc3161-client panics. Warnings are left out: bytes are judged, and not warned of.
    MemoryError says nothing of the bytes and passes, as Ctrl-C does. To be kept around the library alone, for
    it would hide defects of our own.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    except MemoryError:
        raise
    except Exception as trouble:
        raise LibraryError(str(trouble)) from trouble
    except BaseException as trouble:
        if type(trouble).__name__ != _PANIC:
            raise
        raise LibraryError("the library failed over it") from trouble
