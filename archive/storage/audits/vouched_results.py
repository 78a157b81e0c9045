"""Results of audits as far as the ledger vouches for them: by the lists whose digests it holds."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from archive.core.errors import StorageError
from archive.core.limits.archives import RESULTS_FILE_BYTES
from archive.storage.audits.results import ListedChunk, ResultsList, list_number, read_chunk, read_list
from archive.storage.disk.streamed_file import sha512_of_plain


class DoubtfulResultsError(Exception):
    """The results are not, or not all, those that an entry records; the text says what is wrong."""

    @property
    def is_unread(self) -> bool:
        """True where storage did not answer, so that nothing is known of them."""
        why = self.__cause__
        return isinstance(why, StorageError) or (
            isinstance(why, OSError) and not isinstance(why, FileNotFoundError | NotADirectoryError)
        )


def vouched_chunks(audits: Path, run: str, digest: str) -> list[ListedChunk]:
    """The chunks that the list with that sha512 names, each with the digest that it names.

    Raises what `vouched_list` raises. A file that no list names is not among them, whatever it says.
    """
    return vouched_list(audits, run, digest).chunks


def vouched_list(audits: Path, run: str, digest: str) -> ResultsList:
    """The list of results with that sha512, all of whose chunks are there.

    Raises DoubtfulResultsError where the list or a chunk is missing, altered or cannot be read.
    """
    folder = audits / run
    try:
        names = sorted(os.listdir(folder))
    except FileNotFoundError as trouble:
        raise DoubtfulResultsError("its results are missing") from trouble
    except OSError as trouble:
        raise DoubtfulResultsError(f"its results cannot be read: {trouble.strerror}") from trouble
    try:
        found = _listed(folder, names, digest)
    except StorageError as trouble:
        raise DoubtfulResultsError("the list of its results cannot be read") from trouble
    if found is None:
        raise DoubtfulResultsError("the list of its results is missing or altered")
    for chunk in found.chunks:
        try:
            sha512 = sha512_of_plain(str(folder / chunk.file), RESULTS_FILE_BYTES)
        except StorageError as trouble:
            raise DoubtfulResultsError(f"{chunk.file} cannot be read") from trouble
        if sha512 != chunk.sha512:
            raise DoubtfulResultsError(f"{chunk.file} is missing or altered")
    return found


def _listed(folder: Path, names: Iterable[str], digest: str) -> ResultsList | None:
    """The list with that sha512; None where none of these files is it.

    Raises StorageError where one that cannot be read may be it.
    """
    unread: StorageError | None = None
    for name in filter(list_number, names):
        try:
            found = read_list(folder / name)
        except StorageError as trouble:
            unread = trouble
            continue
        if found is not None and found.sha512 == digest:
            return found
    if unread is not None:
        raise unread
    return None


def checks_in(audits: Path, run: str, chunks: Iterable[ListedChunk]) -> Iterator[dict[str, Any]]:
    """The rows of these chunks; `looked` is the time by which a bag had been looked at, where that is known.

    Raises DoubtfulResultsError where a chunk that holds by its digest is no results file.
    """
    for chunk in chunks:
        try:
            for row in read_chunk(audits / run / chunk.file):
                if chunk.time:
                    row["looked"] = chunk.time
                yield row
        except (OSError, ValueError) as trouble:
            raise DoubtfulResultsError(f"{chunk.file} cannot be read: {trouble}") from trouble


def past_checks(
    audits: Path, run: str, digest: str, unread: Callable[[], object] = lambda: None
) -> Iterator[dict[str, Any]]:
    """The rows that can be believed of the run whose list has that sha512, for whoever schedules.

    What is missing, altered or cannot be read is left out: its bags were not looked at. `looked` is the time
    by which a bag had been, where that is known. `unread` is called where it is storage that does not answer.
    """
    folder = audits / run
    try:
        found = _listed(folder, sorted(os.listdir(folder)), digest)
    except (FileNotFoundError, NotADirectoryError):
        return
    except (OSError, StorageError):
        unread()
        return
    for chunk in found.chunks if found is not None else ():
        try:
            if sha512_of_plain(str(folder / chunk.file), RESULTS_FILE_BYTES) == chunk.sha512:
                yield from checks_in(audits, run, [chunk])
        except StorageError:
            unread()
        except DoubtfulResultsError as doubt:
            if doubt.is_unread:
                unread()
