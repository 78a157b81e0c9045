"""Intents that no command of this archive wrote."""

import base64

from archive.storage import intents
from archive.storage.intents import Intent
from tests.changes import Changing

RUN = "01a1fe21-9e8c-72fa-a762-2ad3bb5ce999"


def forge(changing: Changing, size: str = "") -> Intent:
    """An intent of an ingest that began from the ledger as it is, or from an earlier size of it."""
    name = f"checkpoints/{size}" if size else "checkpoint"
    checkpoint = (changing.root / "ledger" / name).read_text().split("\n")
    return intents.begin(
        changing.root / "staging",
        run=RUN,
        command=intents.INGEST,
        started="2026-11-21T12:00:00Z",
        size=int(checkpoint[1]),
        root=base64.b64decode(checkpoint[2]).hex(),
    )
