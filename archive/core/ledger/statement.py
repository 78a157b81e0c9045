"""An auditor's statement: a text to be signed that names the checkpoint it is about.

    archive-statement/v1
    <origin>
    <number of entries>
    <root, base64>

    <the auditor's words, lines of plain text>

Lines two to four are those of the checkpoint (c2sp.org/tlog-checkpoint). Every byte is signed.
"""

import unicodedata
from dataclasses import dataclass
from typing import Final

from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.note import NoteError
from archive.core.limits.ledger import STATEMENT_BYTES

HEAD: Final = "archive-statement/v1\n"
NAMESPACE: Final = "archive-statement"  # of SSH signatures, so that one made for something else is none here
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_ALLOWED: Final = frozenset("\n\t\u200c\u200d")  # Persian, Indic scripts and emoji are read by the joiners
_CHECKPOINT_LINES: Final = 3


class StatementError(ValueError):
    """The bytes are no statement, or the words cannot stand in one."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a statement is about, and the words of whoever signs it, without the line feed at their end."""

    checkpoint: Checkpoint
    words: str

    def to_bytes(self) -> bytes:
        """The bytes to sign; StatementError where the words are empty, too long or not plain text."""
        words = self.words.strip("\n")
        if not words.strip():
            raise StatementError("a statement says something")
        if any(unicodedata.category(char) in _HIDDEN and char not in _ALLOWED for char in words):
            raise StatementError("control or invisible characters; a statement is plain text")
        raw = f"{HEAD}{self.checkpoint.text()}\n{words}\n".encode()
        if len(raw) > STATEMENT_BYTES:
            raise StatementError(f"a statement has at most {STATEMENT_BYTES} bytes, this one {len(raw)}")
        return raw

    @classmethod
    def parse(cls, raw: bytes) -> "Statement":
        """The statement that the bytes spell, and no other bytes spell; StatementError says what is wrong."""
        if len(raw) > STATEMENT_BYTES:
            raise StatementError(f"a statement has at most {STATEMENT_BYTES} bytes")
        try:
            text = raw.decode()
        except UnicodeDecodeError as trouble:
            raise StatementError(f"not UTF-8 at byte {trouble.start}") from trouble
        if not text.startswith(HEAD):
            raise StatementError(f"does not begin with the line {HEAD.strip()}")
        about, gap, words = text.removeprefix(HEAD).partition("\n\n")
        if not gap or about.count("\n") != _CHECKPOINT_LINES - 1:
            raise StatementError("three lines of a checkpoint, an empty line and words are expected")
        try:
            statement = cls(Checkpoint.parse_text(about + "\n"), words.strip("\n"))
        except NoteError as trouble:
            raise StatementError(str(trouble)) from trouble
        if statement.to_bytes() != raw:
            raise StatementError("not written as `archive ledger statement` writes it")
        return statement
