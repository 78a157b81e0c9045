"""What a receipt shows of ledger, key and checkpoint, held to the checkpoints that its proofs lead to."""

from collections.abc import Iterator, Mapping
from typing import Final

from archive.core.findings import Finding, error
from archive.core.ledger.note import Note, VerifierKey
from archive.services.evidence.kept_files import BroughtFile, unescaped
from archive.storage.keys.signing_key import verify

_LINE_FEED: Final = "\\x0a"  # as earlier releases showed one


def checkpoint_findings(brought: BroughtFile, shown: Mapping[str, str]) -> Iterator[Finding]:
    """Where the page shows what no proof in it leads to.

    `shown` are its `ledger`, `key` and `checkpoint` as the page spells them and, as `command`, the key in its
    command, as far as it is of the form of a receipt.
    """
    notes = [proof.signed_note() for proof in brought.proofs]
    texts = {proof.note.decode("utf-8", "replace").strip("\n") for proof in brought.proofs}
    origins = {proof.checkpoint().origin for proof in brought.proofs}
    said = {name: unescaped(text) for name, text in shown.items()}
    for name, what in (("command", "key in its command"), ("key", "key")):
        if name in said and not _is_key_of(said[name], notes):
            yield _other(brought, what, said[name])
    if "checkpoint" in said and said["checkpoint"].replace(_LINE_FEED, "\n").strip("\n") not in texts:
        yield _other(brought, "checkpoint", said["checkpoint"])
    if "ledger" in said and said["ledger"] not in origins:
        yield _other(brought, "ledger", said["ledger"])


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
