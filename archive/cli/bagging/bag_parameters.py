"""Options that say what a bag is to hold: algorithms, tags, the date."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.core.bagit.bag_info import is_computed, parse_tag
from archive.core.bagit.oxum import LABEL as OXUM
from archive.core.digests import Algorithm
from archive.core.errors import ConfigurationError
from archive.core.limits.bags import ADDED_TAGS_BYTES
from archive.core.text import printable

if TYPE_CHECKING:
    from archive.core.bagit.tagfile import Tag

_EPOCH = "SOURCE_DATE_EPOCH"


class AlgorithmName(click.ParamType[Algorithm]):
    """An algorithm as BagIt spells it: `sha512`, `sha3256`; punctuation and case do not matter."""

    name = "algorithm"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Algorithm:
        """The algorithm that is meant."""
        if isinstance(value, Algorithm):
            return value
        label = "".join(char for char in str(value).lower() if char.isalnum())
        algorithm = Algorithm.from_label(label)
        if algorithm is None:
            known = ", ".join(algorithm.label for algorithm in Algorithm)
            self.fail(f"{printable(str(value))} is not known; there are {known}", param, ctx)
        return algorithm


class TagText(click.ParamType["Tag"]):
    """A tag of bag-info.txt, `Label: value`; those with a `computed` label are refused."""

    name = "tag"

    def __init__(self, computed: Callable[[str], bool]) -> None:
        self._computed = computed

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> "Tag":
        """Label and value."""
        if isinstance(value, tuple):
            return value
        try:
            tag = parse_tag(str(value))
        except ValueError as trouble:
            self.fail(f"“{printable(str(value))}” {trouble}", param, ctx)
        if self._computed(tag[0]):
            self.fail(f"{tag[0]} is computed, never given", param, ctx)
        return tag


class LabelText(click.ParamType[str]):
    """The label of a tag."""

    name = "label"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The label without white space round it."""
        label = str(value).strip()
        if not label or ":" in label:
            self.fail(f"“{printable(str(value))}” is no label: it goes without a colon", param, ctx)
        return label


ALGORITHM = AlgorithmName()
TAG = TagText(is_computed)
EDIT = TagText(lambda label: label.lower() == OXUM.lower())
LABEL = LabelText()


def bagging_date(given: str | None) -> str:
    """The date that is asked for, else that of the environment, else today's (UTC)."""
    from datetime import UTC, date, datetime

    if given is not None:
        try:
            parsed = date.fromisoformat(given)
        except ValueError:
            parsed = None
        if parsed is None or given != parsed.isoformat():
            raise click.UsageError(f"--bagging-date {printable(given)}: not a date such as 2026-11-21")
        return given
    epoch = os.environ.get(_EPOCH)
    if epoch is None:
        return datetime.now(UTC).date().isoformat()
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        raise click.UsageError(f"${_EPOCH} is {printable(epoch)}: not seconds since 1970") from None


def tags_of(path: Path) -> tuple["Tag", ...]:
    """The tags in a file of lines as bag-info.txt has them; ConfigurationError where it has others."""
    from archive.core.bagit.tagfile import parse_tag_file
    from archive.core.bagit.versions import V1_0
    from archive.core.findings import Severity
    from archive.storage.disk.durable import NotAPlainFileError, read_plain

    try:
        data = read_plain(str(path), ADDED_TAGS_BYTES)
    except NotAPlainFileError as trouble:
        raise ConfigurationError(
            str(trouble), remedy="name a file with lines of bag-info.txt: Label: value"
        ) from trouble
    if data is None:
        raise ConfigurationError(
            f"{printable(str(path))}: there is no such file",
            remedy="name a file with lines of bag-info.txt: Label: value",
        )
    parsed = parse_tag_file(data, name=str(path), version=V1_0)
    wrong = tuple(
        finding
        for finding in parsed.findings
        if finding.severity is Severity.ERROR or finding.code == "BAG-ENCODING-BYTES"
    )
    if wrong:
        raise ConfigurationError(f"{printable(str(path))}: not lines of bag-info.txt", findings=wrong)
    for label, value in parsed.tags:
        if is_computed(label):
            raise ConfigurationError(
                f"{printable(str(path))}: {label} is computed, never given", remedy="remove the line"
            )
        try:
            parse_tag(f"{label}: {value}")
        except ValueError as trouble:
            raise ConfigurationError(
                f"{printable(str(path))}: {printable(label)} {trouble}",
                remedy="write each line as Label: value",
            ) from trouble
    return tuple(parsed.tags)
