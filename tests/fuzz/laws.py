"""Laws that more than one target has: what is reported can be written as JSON, and in a stable order."""

import json
from collections.abc import Iterable

from archive.core.finding_codes import FINDING_CODES
from archive.core.findings import Finding


def reportable(findings: Iterable[Finding]) -> None:
    """Every finding has a registered code, becomes JSON that is UTF-8, and can be put in order."""
    for finding in findings:
        assert finding.code in FINDING_CODES, f"unregistered {finding.code}"
        json.dumps(finding.to_json(), ensure_ascii=False, allow_nan=False).encode()
        finding.sort_key()
