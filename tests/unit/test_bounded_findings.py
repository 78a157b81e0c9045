"""A hundred warnings about one record hide neither an error nor a checksum behind them."""

import json
from typing import Any

from archive.core.findings import Severity
from archive.core.limits.output import FINDINGS
from archive.formats.descriptions.reading import read_sidecar
from archive.formats.descriptions.row import DescribedRow


def read(record: dict[str, Any]) -> DescribedRow:
    unknown = {f"dc.nothing{number}": "x" for number in range(FINDINGS + 5)}
    row = read_sidecar("a.txt.dc.json", json.dumps({"dc.title": "T", **unknown, **record}).encode())
    assert isinstance(row, DescribedRow)
    codes = [finding.code for finding in row.findings]
    assert codes.count("DESC-UNKNOWN-TERM") == FINDINGS
    assert codes.count("DESC-TOO-MANY") == 1
    return row


def errors(row: DescribedRow) -> list[str]:
    return [finding.code for finding in row.findings if finding.severity is Severity.ERROR]


def test_a_value_that_is_none_still_refuses_the_record() -> None:
    assert errors(read({"dc.date": {"deep": [1]}})) == ["DESC-VALUE-TYPE"]


def test_a_checksum_behind_them_is_still_compared() -> None:
    row = read({"md5": "d41d8cd98f00b204e9800998ecf8427e"})
    assert [digest.value for digest in row.digests] == ["d41d8cd98f00b204e9800998ecf8427e"]


def test_a_malformed_checksum_behind_them_still_refuses_the_record() -> None:
    assert errors(read({"md5": "none"})) == ["DESC-DIGEST-MALFORMED"]


def test_errors_are_bounded_too() -> None:
    wrong = {"dc.title": "T", "md5": [f"none{number}" for number in range(FINDINGS + 5)]}
    row = read_sidecar("a.txt.dc.json", json.dumps(wrong).encode())
    assert isinstance(row, DescribedRow)
    assert len(errors(row)) == FINDINGS
    assert [finding.code for finding in row.findings].count("DESC-TOO-MANY") == 1
