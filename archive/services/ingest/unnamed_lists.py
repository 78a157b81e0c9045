"""Lists of digests whose names do not say so: taken as documents, and said to be compared with nothing."""

import os
import re
from collections.abc import Container
from typing import Final

from archive.core import findings
from archive.core.limits.descriptions import MAX_LOOK_FOR_DIGESTS
from archive.core.submission import Role
from archive.storage.plan import FileRow, Plan
from archive.storage.sources.source_files import SourceFiles

# A file whose name has none of these words is not opened for the question.
_WORDS: Final = ("md5", "sha", "hash", "checksum", "digest", "fixity", ".sfv", "crc")
_NAME: Final = re.compile("md5|sha-?(?:1|224|256|384|512)|hash|checksum|digest|fixity|crc-?32|[.]sfv$")
_LINE: Final = re.compile(rb"(?m)^[ \t]*[^#;%\s].*$")  # `%` is hashdeep's remark
_DIGEST: Final = re.compile(
    rb"(?<![0-9A-Za-z])[0-9A-Fa-f]{32,128}(?![0-9A-Za-z])|\S[ \t]+[0-9A-Fa-f]{8}\s*\Z"
)


def tell_unnamed_lists(plan: Plan, files: SourceFiles, bags: Container[int]) -> None:
    """Warns of each document that by its name and by most of its lines is a list of digests.

    What came in one of the `bags` is vouched for by its manifests. What cannot be read is said where it is
    staged.
    """
    for row in plan.files_with_words(Role.DOCUMENT, _WORDS):
        if _NAME.search(os.path.basename(row.path).lower()) and row.root not in bags and _is_list(row, files):
            message = "looks like a list of checksums and is taken as a document: no file is compared with it"
            remedy = (
                "if that is what it is, call it checksums.txt or SHA256SUMS, or FILE.sha256 beside one file"
            )
            plan.add_finding(findings.warning("SUM-NOT-USED", row.path, message, remedy=remedy))


def _is_list(row: FileRow, files: SourceFiles) -> bool:
    try:
        descriptor, _ = files.open(row.root, row.path)
    except OSError:
        return False
    try:
        start = os.read(descriptor, MAX_LOOK_FOR_DIGESTS)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    lines = _LINE.findall(start.replace(b"\0", b""))  # UTF-16, as PowerShell writes it
    return 2 * sum(_DIGEST.search(line) is not None for line in lines) > len(lines)
