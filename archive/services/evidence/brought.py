"""What somebody from outside brings along to have a ledger judged by."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict


class Brought(TypedDict, total=False):
    """Keys and marks that the asker supplies; each absent one means that none was brought.

    `key` is the archive's verifier key, `trust` are files with checkpoints, proofs or receipts, `witnesses`
    verifier keys of witnesses, `signers` files with keys of auditors, `tsa_roots` files with root
    certificates of time-stamping authorities.
    """

    key: str | None
    trust: Sequence[Path]
    witnesses: Sequence[str]
    signers: Sequence[Path]
    tsa_roots: Sequence[Path]
