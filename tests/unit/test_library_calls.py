"""Whatever a library raises over bytes from outside is one error, and nothing else is hidden."""

import warnings

import pytest

from archive.core.library_calls import LibraryError, library_call

# pyo3 makes the class at run time, and gives it no module that could be imported.
PanicException = type("PanicException", (BaseException,), {})


@pytest.mark.parametrize(
    "raised", [ValueError("why"), KeyError("why"), OSError("why"), PanicException("why")]
)
def test_whatever_a_library_raises_is_one_error(raised: BaseException) -> None:
    with pytest.raises(LibraryError) as found, library_call():
        raise raised
    assert found.value.__cause__ is raised


@pytest.mark.parametrize("raised", [KeyboardInterrupt(), SystemExit(1), MemoryError(), GeneratorExit()])
def test_what_says_nothing_of_the_bytes_passes(raised: BaseException) -> None:
    with pytest.raises(type(raised)), library_call():
        raise raised


def test_bytes_are_judged_and_not_warned_of() -> None:
    with library_call():
        warnings.warn("this certificate will be refused some day", DeprecationWarning, stacklevel=1)
