"""An archive opened for reading, and the agents that act on it."""

import contextlib
import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path

from archive import __version__
from archive.core.agents import Agent, AgentKind
from archive.core.errors import ConfigurationError, EvidenceError
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.note import VerifierKey
from archive.storage import settings as settings_file
from archive.storage.keys import key_intents
from archive.storage.layout import Layout
from archive.storage.ledger.files import LedgerFiles
from archive.storage.settings import Settings

SOFTWARE_NAME = "document-archive"
# The ids that versions of this program have as agents.
SOFTWARE_ID = f"{SOFTWARE_NAME}-[0-9][0-9A-Za-z.+!]{{0,63}}"


@dataclass(slots=True)
class OpenedArchive:
    """One archive: where it lies, what its settings say, and its ledger.

    The settings are those of the moment it was opened, or of the last `refresh`.
    """

    layout: Layout
    settings: Settings
    ledger: LedgerFiles

    @property
    def root(self) -> Path:
        """The archive's folder."""
        return self.layout.root

    def checkpoint(self) -> Checkpoint:
        """The signed state to judge by.

        Raises EvidenceError where its signature does not hold, or archive.toml names no key to verify it by.
        """
        try:
            return self.ledger.read_checkpoint(self.settings.key)
        except (EvidenceError, ValueError) as trouble:
            if (key := self.signing_key()) != self.settings.key:
                return self.ledger.read_checkpoint(key)
            if isinstance(trouble, EvidenceError):
                raise
            raise _no_key(trouble) from trouble

    def verifier_key(self) -> VerifierKey:
        """The key that `signing_key` spells; EvidenceError where archive.toml names none."""
        try:
            return VerifierKey.parse(self.signing_key())
        except ValueError as trouble:
            raise _no_key(trouble) from trouble

    def signing_key(self) -> str:
        """The verifier key that the present checkpoint is to be judged by.

        That of archive.toml; while a change of keys is under way, or was cut off between the ledger and
        archive.toml, the new one where the checkpoint bears its signature.
        """
        try:
            self.ledger.read_checkpoint(self.settings.key)
        except (EvidenceError, ValueError):
            for announced in key_intents.announced_keys(self.layout.staging):
                with contextlib.suppress(EvidenceError):
                    self.ledger.read_checkpoint(announced)
                    return announced
        return self.settings.key

    def refresh(self) -> bool:
        """Reads archive.toml again; True where it names another key than before."""
        known = self.settings.key
        self.settings = settings_file.read(self.layout.settings)
        return self.settings.key != known


def _no_key(trouble: ValueError) -> EvidenceError:
    return EvidenceError(f"archive.toml: key: {trouble}", remedy="restore archive.toml from a copy")


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
