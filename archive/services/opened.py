"""An archive opened for reading, and the agents that act on it."""

import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path

from archive import __version__
from archive.core.agents import Agent, AgentKind
from archive.core.checkpoint import Checkpoint
from archive.core.errors import ConfigurationError
from archive.storage import settings as settings_file
from archive.storage.layout import Layout
from archive.storage.ledger_files import LedgerFiles
from archive.storage.settings import Settings

SOFTWARE_NAME = "document-archive"


@dataclass(frozen=True, slots=True)
class OpenedArchive:
    """One archive: where it lies, what its settings say, and its ledger."""

    layout: Layout
    settings: Settings
    ledger: LedgerFiles

    @property
    def root(self) -> Path:
        """The archive's folder."""
        return self.layout.root

    def checkpoint(self) -> Checkpoint:
        """The signed state to judge by; EvidenceError where its signature does not hold."""
        return self.ledger.read_checkpoint(self.settings.key)


def open_archive(root: Path) -> OpenedArchive:
    """The archive at `root`; ConfigurationError where `archive.toml` is wrong."""
    layout = Layout(root)
    return OpenedArchive(layout, settings_file.read(layout.settings), LedgerFiles(str(root)))


def software_agent() -> Agent:
    """This program, as the agent of what it does."""
    return Agent(
        id=f"{SOFTWARE_NAME}-{__version__}", name=SOFTWARE_NAME, kind=AgentKind.SOFTWARE, version=__version__
    )


def person_agent(settings: Settings, name: str | None) -> Agent:
    """The person or body who acts: --agent, else the default of `archive.toml`, else the institution.

    The id that stands in the ledger is a keyed digest of the name: without the salt in `archive.toml` nobody
    can guess the name behind it, with it everybody can check it. Raises ConfigurationError where nobody is
    named.
    """
    known = name or settings.agent
    kind = AgentKind.PERSON if known else AgentKind.ORGANIZATION
    known = known or settings.institution or settings.name
    if not known:
        raise ConfigurationError(
            "nobody is named as the one who does this",
            remedy='name them: --agent "Ana Example", or set default under [agents] in archive.toml',
        )
    digest = hmac.new(settings.agent_salt.encode(), known.encode(), hashlib.sha256).hexdigest()
    return Agent(id=f"agent-{digest[:16]}", name=known, kind=kind)
