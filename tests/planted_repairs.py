"""Unfinished repairs that were laid into staging by hand."""

import json
from pathlib import Path

from archive.core.repair_record import Displaced, RepairRecord, Restored
from archive.services.repair.committing import FACTS
from archive.storage import intents
from archive.storage.bags.bag_restoration import RECORD
from archive.storage.intents import IntendedBag
from tests.changes import Changing

RUN = "01a1ffff-0000-7000-8000-000000000001"


def plant(changing: Changing, path: str, **instead: str) -> Path:
    """A repair of a bag that moves that path out of it and puts it back; its folder in staging."""
    bag = changing.bag("a.txt").name
    checkpoint = changing.made.opened.checkpoint()
    staging = changing.root / "staging"
    staging.mkdir(exist_ok=True)
    intent = intents.begin(
        staging,
        run=RUN,
        command=intents.REPAIR,
        started="2026-01-01T00:00:00Z",
        size=checkpoint.size,
        root=checkpoint.root.hex(),
    )
    intents.announce(intent, 1, [IntendedBag(bag, "0" * 128)])
    facts = {"time": "2026-01-01T00:00:00.000Z", "agents": ["agent-0123456789abcdef"], "notes": []}
    (intent.folder / FACTS).write_text(json.dumps(facts))
    record = RepairRecord(
        bag=instead.get("bag", bag),
        run=instead.get("run", RUN),
        time="2026-01-01T00:00:00.000Z",
        entry=2,
        whole=False,
        set_aside=(Displaced(path=path, outcome="altered"),),
        restored=(Restored(path=path, sha512="0" * 128, before=None, place="", source=""),),
    )
    (intent.folder / bag / "new").mkdir(parents=True)
    (intent.folder / bag / RECORD).write_bytes(record.to_bytes())
    return intent.folder
