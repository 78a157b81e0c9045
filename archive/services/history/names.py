"""The names behind the ids of agents: each is believed only where it gives the id in the ledger."""

import json
import os
from collections.abc import Iterator
from typing import Any

from archive.core.agents import AgentKind
from archive.core.errors import ArchiveError
from archive.core.ledger.entries import Entry, EntryType
from archive.core.limits.archives import RUN_FACTS_BYTES
from archive.services.catalog.bag_record import (
    PREMIS,
    BagDoubtError,
    listed_bytes,
    open_bag,
    revision_records,
    tag_files,
)
from archive.services.changes.notes import ChangeNote
from archive.services.history.event import NamedAgent
from archive.services.opened import SOFTWARE_NAME, OpenedArchive, person_agent
from archive.storage.disk.descriptors import FILE
from archive.storage.disk.durable import NotAPlainFileError


class AgentNames:
    """Finds names where they are kept: settings, notes, manifests of runs, PREMIS of bags."""

    def __init__(self, archive: OpenedArchive) -> None:
        self._archive = archive
        self._known: dict[str, NamedAgent] = {}
        settings = archive.settings
        for name in (settings.agent, settings.institution, settings.name):
            if name:
                kind = AgentKind.PERSON if name == settings.agent else AgentKind.ORGANIZATION
                self._learn(name, kind)

    def agents(self, entry: Entry, note: ChangeNote | None) -> list[NamedAgent]:
        """Whoever the entry says did it."""
        if note is not None and note.by:
            self._learn(note.by, AgentKind.PERSON)
        return [self._agent(identifier, entry) for identifier in entry.agents]

    def _agent(self, identifier: str, entry: Entry) -> NamedAgent:
        prefix = f"{SOFTWARE_NAME}-"
        if identifier.startswith(prefix):
            version = identifier.removeprefix(prefix)
            return NamedAgent(identifier, AgentKind.SOFTWARE, SOFTWARE_NAME, version)
        if identifier not in self._known:
            for name, kind in self._told(entry):
                self._learn(name, kind)
                if identifier in self._known:
                    break
        # Remembered, so that nobody looks for the name at every entry.
        return self._known.setdefault(identifier, NamedAgent(identifier, AgentKind.PERSON))

    def _learn(self, name: str, kind: AgentKind) -> None:
        """Keeps a name under the id that it gives with the salt of archive.toml."""
        agent = person_agent(self._archive.settings, name)
        known = self._known.get(agent.id)
        if known is None or known.name is None:
            self._known[agent.id] = NamedAgent(agent.id, kind, name)

    def _told(self, entry: Entry) -> Iterator[tuple[str, AgentKind]]:
        if entry.type in (EntryType.RUN_CLOSED, EntryType.INGESTION) and entry.run is not None:
            yield from self._of_run(entry.run)
        if entry.bag is not None:
            yield from self._of_bag(entry)

    def _of_run(self, run: str) -> Iterator[tuple[str, AgentKind]]:
        try:
            with open(os.open(self._archive.layout.runs / f"{run}.json", FILE), "rb") as stream:
                stream.seek(max(stream.seek(0, 2) - RUN_FACTS_BYTES, 0))
                text = stream.read(RUN_FACTS_BYTES).decode("utf-8", "replace")
            at = text.rindex('"agent":{') + len('"agent":')
            agent: Any = json.JSONDecoder().raw_decode(text, at)[0]
            yield str(agent["name"]), AgentKind(agent["kind"])
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return

    def _of_bag(self, entry: Entry) -> Iterator[tuple[str, AgentKind]]:
        from archive.formats.premis.reader import read_premis

        try:
            with open_bag(self._archive, entry.bag or "") as held:
                listed = tag_files(held, str(entry.get("tagmanifest")))
                for path in (*reversed(revision_records(listed)), PREMIS):
                    for agent in read_premis(listed_bytes(held, listed, path)).agents:
                        if agent.kind is not AgentKind.SOFTWARE:
                            yield agent.name, agent.kind
        except (ArchiveError, BagDoubtError, NotAPlainFileError, OSError):
            return
