"""Results of audits as far as the ledger vouches for them: by the lists whose digests it holds."""

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from archive.core.errors import StorageError
from archive.core.limits.archives import RESULTS_FILE_BYTES
from archive.storage.audits.results import ListedChunk, digest_of, list_number, read_chunk, read_list
from archive.storage.disk.streamed_file import sha512_of_plain


class DoubtfulResultsError(Exception):
    """The results are not, or not all, those that an entry records; the text says what is wrong."""

    @property
    def is_unread(self) -> bool:
        """True where storage did not answer, so that nothing is known of them."""
        why = self.__cause__
        return isinstance(why, OSError) and not isinstance(why, FileNotFoundError | NotADirectoryError)


def vouched_chunks(audits: Path, run: str, digest: str) -> list[ListedChunk]:
    """The chunks that the list with that sha512 names, each with the digest that it names.

    Raises DoubtfulResultsError where the list or a chunk is missing, altered or cannot be read. A file that
    no list names is not among them, whatever it says.
    """
    folder = audits / run
    try:
        names = sorted(os.listdir(folder))
    except FileNotFoundError as trouble:
        raise DoubtfulResultsError("its results are missing") from trouble
    except OSError as trouble:
        raise DoubtfulResultsError(f"its results cannot be read: {trouble.strerror}") from trouble
    lists = (read_list(folder / name) for name in names if list_number(name))
    chunks = next((one[1] for one in lists if one is not None and one[0] == digest), None)
    if chunks is None:
        raise DoubtfulResultsError("the list of its results is missing or altered")
    for chunk in chunks:
        try:
            found = sha512_of_plain(str(folder / chunk.file), RESULTS_FILE_BYTES)
        except StorageError as trouble:
            raise DoubtfulResultsError(f"{chunk.file} cannot be read") from trouble.__cause__
        if found != chunk.sha512:
            raise DoubtfulResultsError(f"{chunk.file} is missing or altered")
    return chunks


def altered_results(audits: Path, run: str, digest: str) -> str | None:
    """What is wrong with the results of a run whose list has that sha512, in words; None where they hold."""
    try:
        vouched_chunks(audits, run, digest)
    except DoubtfulResultsError as trouble:
        return str(trouble)
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


def past_checks(audits: Path, run: str, digest: str) -> Iterator[dict[str, Any]]:
    """The rows that can be believed of the run whose list has that sha512, for whoever schedules.

    What is missing, altered or cannot be read is left out: its bags were not looked at. `looked` is the time
    by which a bag had been, where that is known.
    """
    folder = audits / run
    try:
        names = sorted(filter(list_number, os.listdir(folder)))
    except OSError:
        return
    lists = (read_list(folder / name) for name in names)
    for chunk in next((one[1] for one in lists if one is not None and one[0] == digest), ()):
        if digest_of(folder / chunk.file) == chunk.sha512:
            with contextlib.suppress(DoubtfulResultsError):
                yield from checks_in(audits, run, [chunk])
