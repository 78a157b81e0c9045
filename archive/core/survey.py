"""What was brought, counted before anything of it is ingested."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from heapq import heappushpop
from typing import Any, Final, NamedTuple

from archive.core.limits.output import SURVEY_EXAMPLES, SURVEY_LARGEST
from archive.core.portable_names import why_unportable
from archive.core.text import lossless

UNKNOWN: Final = "not identified"
UNASKED: Final = "could not be looked at"  # says nothing of the format
KIB: Final = 1024
# Upper bounds of the classes of size, in bytes.
SIZES: Final = (
    (1, "empty"),
    (KIB, "below 1 KiB"),
    (100 * KIB, "1 to 100 KiB"),
    (KIB**2, "100 KiB to 1 MiB"),
    (10 * KIB**2, "1 to 10 MiB"),
    (100 * KIB**2, "10 to 100 MiB"),
    (KIB**3, "100 MiB to 1 GiB"),
    (KIB**5, "1 GiB and more"),
)


class FormatCount(NamedTuple):
    """Files of one format: its name, its PUID or an empty text, how many, and their bytes."""

    name: str
    puid: str
    files: int
    bytes: int


class Twins(NamedTuple):
    """Files of the same bytes: how many, the size of each, the first paths."""

    files: int
    size: int
    paths: tuple[str, ...]


@dataclass(slots=True)
class Survey:
    """Counts of files; `identified_by` names the tool and its signatures, None where there was none.

    `years` counts files by the year of the modification time that the medium states. Memory grows with the
    formats and the years, not with the files.
    """

    identified_by: str | None = None
    files: int = 0
    bytes: int = 0
    formats: Counter[tuple[str, str]] = field(default_factory=Counter)
    format_bytes: Counter[tuple[str, str]] = field(default_factory=Counter)
    unidentified: list[str] = field(default_factory=list)
    years: Counter[int] = field(default_factory=Counter)
    undated: int = 0
    sizes: Counter[str] = field(default_factory=Counter)
    largest: list[tuple[int, str]] = field(default_factory=list)
    longest: list[tuple[int, str]] = field(default_factory=list)
    deepest: int = 0
    awkward: Counter[str] = field(default_factory=Counter)
    awkward_names: list[tuple[str, str]] = field(default_factory=list)
    twins: list[Twins] = field(default_factory=list)
    twin_groups: int = 0
    twin_files: int = 0
    twin_bytes: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    unreadable_files: int = 0

    def add_file(self, path: str, size: int, year: int | None) -> None:
        """Counts a file by its name, size and the year of its modification (None: not known)."""
        self.files += 1
        self.bytes += size
        self.sizes[next(name for bound, name in SIZES if size < bound or bound == SIZES[-1][0])] += 1
        if year is None:
            self.undated += 1
        else:
            self.years[year] += 1
        _keep(self.largest, (size, path))
        _keep(self.longest, (len(path.encode("utf-8", "surrogateescape")), path))
        self.deepest = max(self.deepest, path.count("/"))
        why = next((why for name in path.split("/") if (why := why_unportable(name))), None)
        if why is not None:
            self.awkward[why] += 1
            if len(self.awkward_names) < SURVEY_EXAMPLES:
                self.awkward_names.append((path, why))

    def add_format(self, path: str, size: int, format_: tuple[str, str] | None) -> None:
        """Counts a file under the name and the PUID of its format; None where it is not identified."""
        key = format_ or (UNKNOWN, "")
        self.formats[key] += 1
        self.format_bytes[key] += size
        if format_ is None and len(self.unidentified) < SURVEY_EXAMPLES:
            self.unidentified.append(path)

    def add_twins(self, twins: Twins) -> None:
        """Counts files of the same bytes."""
        self.twin_groups += 1
        self.twin_files += twins.files
        self.twin_bytes += (twins.files - 1) * twins.size
        if len(self.twins) < SURVEY_EXAMPLES:
            self.twins.append(twins)

    def add_unreadable(self, path: str, why: str) -> None:
        """Counts what could not be looked at."""
        self.unreadable_files += 1
        if len(self.unreadable) < SURVEY_EXAMPLES:
            self.unreadable.append((path, why))

    def counted_formats(self) -> list[FormatCount]:
        """The formats, the most frequent first; what is not identified last."""
        rows = [
            FormatCount(name, puid, count, self.format_bytes[name, puid])
            for (name, puid), count in self.formats.items()
        ]
        return sorted(rows, key=lambda row: (row.name in {UNKNOWN, UNASKED}, -row.files, row.name, row.puid))

    def to_json(self) -> dict[str, Any]:
        """The survey as a report has it."""
        return {
            "files": self.files,
            "bytes": self.bytes,
            "identified_by": self.identified_by,
            "formats": [row._asdict() for row in self.counted_formats()],
            "unidentified": [lossless(path) for path in self.unidentified],
            "years": {str(year): count for year, count in sorted(self.years.items())},
            "undated": self.undated,
            "sizes": {name: self.sizes[name] for _, name in SIZES},
            "largest": [_sized(*each) for each in sorted(self.largest, reverse=True)],
            "longest_paths": [_sized(*each) for each in sorted(self.longest, reverse=True)],
            "deepest": self.deepest,
            "awkward": dict(self.awkward),
            "awkward_names": [_told(*each) for each in self.awkward_names],
            "twins": {
                "groups": self.twin_groups,
                "files": self.twin_files,
                "bytes": self.twin_bytes,
                "examples": [
                    {
                        "files": each.files,
                        "bytes": each.size,
                        "paths": [lossless(path) for path in each.paths],
                    }
                    for each in self.twins
                ],
            },
            "left_out": dict(self.left_out),
            "unreadable": {
                "files": self.unreadable_files,
                "examples": [_told(*each) for each in self.unreadable],
            },
        }


def years_shown(years: Mapping[int, int], most: int) -> list[tuple[str, int]]:
    """The years that have files, or, where they are more than `most`, their decades."""
    if len(years) <= most:
        return [(str(year), years[year]) for year in sorted(years)]
    decades: Counter[int] = Counter()
    for year, count in years.items():
        decades[year // 10 * 10] += count
    return [(f"{decade}s", decades[decade]) for decade in sorted(decades)]


def _keep(largest: list[tuple[int, str]], one: tuple[int, str]) -> None:
    # A heap: its first is the least of those that are kept.
    if len(largest) < SURVEY_LARGEST:
        largest.append(one)
        largest.sort()
    else:
        heappushpop(largest, one)


def _sized(count: int, path: str) -> dict[str, Any]:
    return {"path": lossless(path), "bytes": count}


def _told(path: str, why: str) -> dict[str, Any]:
    return {"path": lossless(path), "why": why}
