"""Rows of the index, made up."""

from archive.core.descriptions.description import Description, Value
from archive.core.holding import Holding
from archive.core.ids import uuid7

TIME = "2026-01-0{}T00:00:00.000Z"


def holding(number: int, *, bag: str | None = None, **changes: object) -> Holding:
    facts: dict[str, object] = {
        "entry": number,
        "bag": bag or uuid7(1_700_000_000_000 + number, number.to_bytes(10, "big")),
        "run": "run-1",
        "reference": f"2026-{number:06d}",
        "declared": False,
        "accession": None,
        "source": f"letters/{number}.txt",
        "files": 1,
        "bytes": 10 * number,
        "payload_key": f"{number:0128x}",
        "tag_manifest": "ab" * 64,
        "ingested": TIME.format(1),
        "awaiting": False,
        "description": Description({"title": (Value(f"Letter {number}"),)}),
    }
    return Holding(**facts | changes)  # type: ignore[arg-type]


def words(**terms: str) -> Description:
    return Description({term: (Value(text),) for term, text in terms.items()})
