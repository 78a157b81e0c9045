"""The options of one command as the next one is to be given them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from archive.core.text import shell_word

if TYPE_CHECKING:
    from archive.services.ingest.request import IngestRequest


def given(option: str, *values: str | None) -> list[str]:
    """The option once with each value, to be pasted into a shell; nothing of a value that was not given."""
    return [_with(option, value) for value in values if value is not None]


def _with(option: str, value: str) -> str:
    if value.startswith("-"):  # in one word with its option it is not taken for another
        return option + shell_word(f"={value}")
    return f"{option} {shell_word(value)}"


def sources_given(sources: Iterable[str], excluded: Iterable[str], metadata: str | None = None) -> str:
    """The SOURCEs, a table and what is left out of them, as every command about them takes these."""
    words = [*map(shell_word, sources), *given("--metadata", metadata), *given("--exclude", *excluded)]
    return " ".join(words)


def submission_given(request: "IngestRequest", metadata: str | None) -> str:
    """What `archive check` and `archive ingest` are to be given alike, with that table."""
    words = [
        sources_given(request.sources, request.exclude, metadata),
        *(["--describe-later"] if request.describe_later else []),
        *given("--date-order", request.date_order),
        *given("--profile", request.profile),
        *given("--accession", request.accession),
    ]
    return " ".join(words)
