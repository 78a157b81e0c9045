"""A new signing key: signed by the old one, or in place of one that is lost."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from archive.core.errors import ConfigurationError
from archive.core.ids import RANDOM_BYTES, uuid7
from archive.core.ledger import entries
from archive.core.ledger.checkpoint import Checkpoint
from archive.core.ledger.key_chain import change_statement, key_changed, key_replaced
from archive.core.ledger.note import VerifierKey
from archive.core.limits.waits import LOCK_WAIT
from archive.services.opened import OpenedArchive, person_agent, software_agent
from archive.services.signing import unfinished
from archive.services.surroundings import Surroundings
from archive.services.writing import writing
from archive.storage import intents
from archive.storage import settings as settings_file
from archive.storage.keys import key_intents
from archive.storage.keys.files import KeyLockedError, is_encrypted
from archive.storage.keys.last_signed import LastSigned, Standing
from archive.storage.keys.passphrases import COMMAND_LINE, given_passphrase
from archive.storage.keys.signing_key import (
    Key,
    create_key,
    find_key,
    key_folders,
    load_key,
    refuse_keys_inside,
)
from archive.storage.ledger.notes import Notes
from archive.storage.lock import Holder, WriterLock


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChange:
    """A change of keys that was made; `entry` is its index in the ledger."""

    before: str
    key: Key
    entry: int
    checkpoint: Checkpoint

    @property
    def is_encrypted(self) -> bool:
        """True where the new key needs a passphrase."""
        found = find_key(self.key.signer.key)
        return found is not None and is_encrypted(found[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRequest:
    """Who changes the key and why; `passphrase` encrypts the new one.

    `behind` says that the key is not lost, but what it signed last is: the archive was restored from an older
    state, and nothing younger is left.
    """

    reason: str
    behind: bool = False
    agent: str | None = None
    passphrase: bytes | None = None
    lock_wait: float = LOCK_WAIT
    waiting: Callable[[Holder], None] | None = None


def rotate(archive: OpenedArchive, request: ChangeRequest, surroundings: Surroundings) -> KeyChange:
    """A new key that the old one signed; from the next entry on only the new one signs.

    The new key is encrypted where the old one is, with the same passphrase unless the request has another.
    The old one stays where it is, and can sign nothing in this archive any more. Raises what every writer
    raises; killed anywhere, the next writing command finishes or forgets the change.
    """
    refuse_keys_inside(str(archive.root))
    with writing(
        archive,
        command=key_intents.ROTATE,
        surroundings=surroundings,
        agent=request.agent,
        wait=request.lock_wait,
        waiting=request.waiting,
    ) as hold:
        old = hold.key
        passphrase = request.passphrase or _passphrase_of(old)
        change = _Change(archive, request, surroundings, hold.checkpoint)
        change.begin(key_intents.ROTATE)
        new = create_key(old.origin, passphrase=passphrase)
        signature = old.signer.sign(change_statement(old.signer.key, new.signer.key, hold.checkpoint.size))
        entry = key_changed(
            time=change.time,
            agents=change.agents,
            run=change.run,
            previous=old.signer.key,
            key=new.signer.key,
            signature=signature,
            note=change.note(),
        )
        hold.checkpoint = change.commit(entry, old.signer.key, [old, new])
        hold.key = new
        hold.publish()
        change.end()
    return change.made(new)


def replace_lost(archive: OpenedArchive, request: ChangeRequest, surroundings: Surroundings) -> KeyChange:
    """A new key in place of one that is lost, without that one's signature: trust begins anew here.

    The ledger, `status` and every verification say so for good. Raises ConfigurationError where the key is
    on this machine and can be used: then it is to sign the new one. EvidenceError where the ledger does not
    extend what the lost key signed last here, as far as that is still known. With `behind` the key is at hand
    and signed more than is left of the ledger: it never signs a second history, so that another key goes on;
    the note says what is lost. ConfigurationError where nothing is.
    """
    refuse_keys_inside(str(archive.root))
    lock = WriterLock(
        str(archive.root), command=key_intents.REPLACE, wait=request.lock_wait, waiting=request.waiting
    )
    with lock:
        begun = unfinished.finish(archive)
        if begun is not None and begun.command == key_intents.REPLACE:  # of one that was killed
            key = load_key(begun.key)
            made = KeyChange(before=begun.before, key=key, entry=begun.entry, checkpoint=archive.checkpoint())
        else:
            made = _replace(archive, request, surroundings)
    with writing(
        archive, command=key_intents.REPLACE, surroundings=surroundings, agent=request.agent
    ) as hold:
        hold.publish()
    return made


def _replace(archive: OpenedArchive, request: ChangeRequest, surroundings: Surroundings) -> KeyChange:
    archive.refresh()
    lost = archive.verifier_key()
    states = [LastSigned(folder, str(lost)) for folder in key_folders(lost)]
    states = [state for state in states if _is_of(state, lost)]
    signed = None
    if request.behind:
        last, gone = _entries_gone(archive, states)
        signed = last.size
        request = replace(request, reason=f"{request.reason}\n{gone}")
        states = []  # what the key signed last stays on record beside it
    else:
        _refuse_usable(lost)
    for state in states:
        state.check(archive.ledger).refuse_unless_signable()
    change = _Change(archive, request, surroundings, archive.checkpoint())
    change.begin(key_intents.REPLACE)
    new = create_key(lost.name, passphrase=request.passphrase)
    entry = key_replaced(
        time=change.time,
        agents=change.agents,
        run=change.run,
        previous=lost,
        key=new.signer.key,
        signed=signed,
        note=change.note(),
    )
    checkpoint = change.commit(entry, lost, [new])
    for state in states:  # found again, the lost key signs no older copy
        state.finish(checkpoint)
    change.end()
    return change.made(new)


class _Change:
    """One change under way: the intent first, then the key, then the commit, then archive.toml."""

    def __init__(
        self,
        archive: OpenedArchive,
        request: ChangeRequest,
        surroundings: Surroundings,
        checkpoint: Checkpoint,
    ) -> None:
        self._archive = archive
        self._request = request
        self._begun = checkpoint
        self._made = checkpoint
        self._before = archive.settings.key
        now = surroundings.now()
        self.time = entries.timestamp(now)
        self.run = uuid7(now, surroundings.random(RANDOM_BYTES))
        self.agents = (person_agent(archive.settings, request.agent).id, software_agent().id)

    def begin(self, command: str) -> None:
        """Writes the intent."""
        self._intent = intents.begin(
            self._archive.layout.staging,
            run=self.run,
            command=command,
            started=self.time,
            size=self._begun.size,
            root=self._begun.root.hex(),
        )

    def note(self) -> str | None:
        """The commitment of the reason, whose text is kept in notes/."""
        reason = self._request.reason
        return Notes(str(self._archive.root)).write(reason) if reason else None

    def commit(self, entry: bytes, before: VerifierKey, hands: list[Key]) -> Checkpoint:
        """Commits the entry and the settings that follow from it, then writes archive.toml."""
        archive, key = self._archive, hands[-1].signer.key
        key_intents.announce_key(self._intent, key)
        text = settings_file.with_key(settings_file.read_bytes(archive.layout.settings), str(key))
        settings = entries.settings_changed(
            time=self.time,
            agents=self.agents,
            settings=settings_file.parse(text, archive.layout.settings.name).digest,
            note=Notes(str(archive.root)).write(text.decode()),
        )
        self._made = archive.ledger.hand_over(
            [entry, settings], str(before), [(hand.signer, hand.last_signed) for hand in hands]
        )
        unfinished.put_key(archive, str(key))
        return self._made

    def end(self) -> None:
        """Removes the intent."""
        intents.end(self._intent)

    def made(self, key: Key) -> KeyChange:
        """What was done, for whoever asked for it."""
        return KeyChange(before=self._before, key=key, entry=self._begun.size, checkpoint=self._made)


def _passphrase_of(key: Key) -> bytes | None:
    """The passphrase that opened this key, for the one that follows it; None where it is in clear."""
    found = find_key(key.signer.key)
    if found is None or not is_encrypted(found[1]):
        return None
    return given_passphrase() or COMMAND_LINE.passphrase(key.file)


def _is_of(state: LastSigned, key: VerifierKey) -> bool:
    """True where something is known there of what the key signed; another key's state may lie there."""
    return any(known is not None and known.origin == key.name for known in state.read())


def _entries_gone(archive: OpenedArchive, states: list[LastSigned]) -> tuple[Checkpoint, str]:
    """What the key signed last, and in words what of it the ledger has not.

    ConfigurationError where that is nothing.
    """
    found = [state.check(archive.ledger) for state in states]
    behind = [one for one in found if one.standing is Standing.BEHIND]
    if not behind:
        for one in found:
            one.refuse_unless_signable()
        raise ConfigurationError(
            "nothing that the key of this archive signed is missing here, as far as this machine knows",
            remedy="write to the archive as ever; archive key show",
        )
    last = max((one.last for one in behind if one.last is not None), key=lambda each: each.size)
    gone = (
        f"Lost: the entries {behind[0].checkpoint.size} to {last.size - 1}, which the key before this one"
        f" signed with the root {last.root.hex()}. The archive goes on without them."
    )
    return last, gone


def _refuse_usable(lost: VerifierKey) -> None:
    try:
        load_key(str(lost))
    except KeyLockedError:
        return  # its passphrase is lost
    except ConfigurationError:
        return
    raise ConfigurationError(
        f"the key {lost.name}+{lost.key_id.hex()} is not lost: it is on this machine and can sign",
        remedy="let it sign the new one: archive key rotate",
    )
