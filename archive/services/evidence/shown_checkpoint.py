"""What a receipt shows of ledger, key and checkpoint, held to the checkpoints that its proofs lead to."""

import re
from collections.abc import Iterator
from typing import Final

from archive.core.findings import Finding, error
from archive.core.ledger.note import Note, VerifierKey
from archive.services.evidence.kept_files import BroughtFile, unescaped
from archive.storage.keys.signing_key import verify

_BLOCK = re.compile("<pre>([^<]*+)</pre>")
_ROW = re.compile(r'<dt>(Ledger|Its key)</dt><dd class="mono"><bdi>([^<\n]*+)</bdi></dd>')
_KEY_IN_COMMAND = re.compile("archive ledger check-proof RECEIPT\\.html --document FILE --key '([^'\\s]+)'")
_DIGEST_COMMAND: Final = "sha512sum FILE"
_LINE_FEED: Final = "\\x0a"  # as earlier releases showed one


def checkpoint_findings(brought: BroughtFile, around: str) -> Iterator[Finding]:
    """Where the parts of the page around its documents show what no proof in it leads to."""
    notes = [proof.signed_note() for proof in brought.proofs]
    texts = {proof.note.decode("utf-8", "replace").strip("\n") for proof in brought.proofs}
    for shown in map(unescaped, _BLOCK.findall(around)):
        key = _KEY_IN_COMMAND.fullmatch(shown)
        if key is not None:
            if not _is_key_of(key[1], notes):
                yield _other(brought, "key in its command", key[1])
        elif shown != _DIGEST_COMMAND and shown.replace(_LINE_FEED, "\n").strip("\n") not in texts:
            yield _other(brought, "checkpoint", shown)
    for name, shown in _ROW.findall(around):
        value = unescaped(shown)
        if name == "Its key":
            if not _is_key_of(value, notes):
                yield _other(brought, "key", value)
        elif value not in {proof.checkpoint().origin for proof in brought.proofs}:
            yield _other(brought, "ledger", value)


def _is_key_of(text: str, notes: list[Note]) -> bool:
    """True for a verifier key by which one of the checkpoints is signed."""
    try:
        key = VerifierKey.parse(text)
    except ValueError:
        return False
    return any(note.is_signed_by(key, verify) for note in notes)


def _other(brought: BroughtFile, what: str, shown: str) -> Finding:
    return error(
        "PROOF-PAGE-DIFFERS",
        brought.place,
        f"the page shows another {what} than that of its proofs: what people read was altered",
        found=shown.partition("\n")[0][:80],
    )
