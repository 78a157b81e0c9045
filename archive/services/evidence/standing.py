"""How a ledger stands to what lies beside it: the settings of its archive, and the key on this machine."""

import os
import stat
from collections.abc import Sequence

from archive.core.errors import ConfigurationError, EvidenceError, StorageError
from archive.core.findings import Finding, error, note, warning
from archive.core.ledger.entries import Entry
from archive.core.ledger.key_chain import CHANGE_ENTRIES, KeyLink
from archive.core.ledger.note import VerifierKey
from archive.storage.keys.files import may_be
from archive.storage.keys.last_signed import EITHER, TELL, SignedLedger, SignedState, Standing, fewer
from archive.storage.keys.signing_key import KEY_FILE, PRIVATE, find_key, key_folders, last_signed
from archive.storage.settings import Settings

_PLACE = "archive.toml"
_READABLE = stat.S_IRGRP | stat.S_IROTH
_PASSABLE = stat.S_IXGRP | stat.S_IXOTH


def settings_findings(
    settings: Settings,
    first: Entry | None,
    recorded: tuple[int, str] | None,
    keys: Sequence[KeyLink] = (),
    *,
    changing: bool = False,
    is_whole: bool = True,
) -> list[Finding]:
    """Where archive.toml contradicts the ledger (an error), or has changed since it was recorded (a note).

    `recorded` is the index and the SHA-512 of the settings recorded last; `keys` the chain of keys, of which
    it must name the last, unless a change of it is under way (`changing`). Where entries are missing (not
    `is_whole`), the key in force is not known.
    """
    in_force = str(keys[-1].key) if keys else (first.get("key") if first else None)
    if not is_whole:
        in_force = None
    findings = []
    if changing:
        in_force = None
        message = "a change of the signing key was cut off before it was written here"
        remedy = "nothing to do: the next writing command finishes it"
        findings.append(note("LEDGER-KEY-UNFINISHED", f"{_PLACE}:key", message, remedy=remedy))
    stated = {"id": settings.archive_id, "origin": settings.origin, "key": settings.key}
    created = {
        "id": first.get("archive") if first else None,
        "origin": first.get("origin") if first else None,
        "key": in_force,
    }
    for name, value in stated.items():
        known = created[name]
        if known is not None and known != value:
            findings.append(
                error(
                    "LEDGER-SETTINGS",
                    f"{_PLACE}:{name}",
                    f"{name} is not the one that the ledger's entries name",
                    expected=str(known),
                    found=value,
                    remedy="restore archive.toml from another copy; its [ledger] table is not to be edited",
                )
            )
    if not findings and recorded is not None and recorded[1] != settings.digest:
        findings.append(
            note(
                "LEDGER-SETTINGS-UNRECORDED",
                _PLACE,
                f"changed since entry {recorded[0]} recorded it",
                expected=f"sha512:{recorded[1]}",
                found=f"sha512:{settings.digest}",
                remedy="nothing to do: the next writing command records it",
            )
        )
    return findings


def is_key_changing(
    settings: Settings, keys: Sequence[KeyLink], announced: Sequence[tuple[str, str]], size: int
) -> bool:
    """True where the ledger ends with a change of keys by a run that has yet to write archive.toml.

    `announced` has run and key of each change under way, `size` entries have been read. Every writer ends
    that change before its own: once anything was committed behind it, an intent that says otherwise is none
    of ours.
    """
    if len(keys) < 2 or keys[-1].entry + CHANGE_ENTRIES != size:
        return False
    before, last = keys[-2:]
    return settings.key == str(before.key) and (last.run, str(last.key)) in announced


def key_findings(ledger: SignedLedger, key: VerifierKey) -> list[Finding]:
    """What the key's folder on this machine says, where there is one; the key itself is not opened."""
    folder = _folder_of(key)
    findings = [] if folder is None else _open_to_others(folder)
    place = folder or key_folders(key)[0]
    signed = last_signed(key, place)
    try:
        if folder is None and signed.read() == (None, None):
            return []
        state = signed.check(ledger)
    except (ConfigurationError, StorageError) as trouble:
        return [*findings, warning("LEDGER-KEY-STATE", place, trouble.message, remedy=trouble.remedy)]
    except EvidenceError as trouble:
        return [*findings, error("LEDGER-FORK", "ledger/checkpoint", trouble.message, remedy=trouble.remedy)]
    if folder is not None and state.standing is Standing.NOT_RECORDED:
        message = "what this key signed last is not recorded beside it: an older state would be signed too"
        remedy = (
            "hold the archive against a checkpoint kept elsewhere: archive ledger verify --trust FILE;"
            " the next writing command records its state"
        )
        return [*findings, warning("LEDGER-KEY-STATE", folder, message, remedy=remedy)]
    return findings + _standing_findings(state)


def _folder_of(key: VerifierKey) -> str | None:
    """The folder in which the key lies on this machine; None where it does not, as far as can be seen."""
    try:
        found = find_key(key)
    except (ConfigurationError, StorageError):  # whoever signs is told
        return key_folders(key)[0]
    belongs = found is not None and (found[0] == key_folders(key)[0] or may_be(found[1], key))
    return found[0] if found is not None and belongs else None


def _open_to_others(folder: str) -> list[Finding]:
    """A private key that other users of this machine can read; nothing where that cannot be told."""
    path = os.path.join(folder, KEY_FILE)
    try:
        mode, above = os.stat(path).st_mode, os.stat(folder).st_mode
    except OSError:
        return []
    if not (mode & _READABLE and above & _PASSABLE):
        return []
    return [
        warning(
            "LEDGER-KEY-OPEN",
            path,
            "other users of this machine can read the signing key",
            expected=f"{PRIVATE:04o}",
            found=f"{stat.S_IMODE(mode):04o}",
            remedy="chmod go= on the file and its folder; where others may have read it, archive key rotate",
        )
    ]


def _standing_findings(state: SignedState) -> list[Finding]:
    place = "ledger/checkpoint"
    signed = state.last.size if state.last is not None else 0
    if state.standing is Standing.BEHIND:
        return [
            note(
                "LEDGER-BEHIND",
                place,
                f"{fewer(state.entries_behind)} than its key signed last on this machine: {EITHER}",
                expected=f"{signed} entries",
                found=f"{state.checkpoint.size} entries",
                remedy=f"write to the newest copy; {TELL}",
            )
        ]
    if state.standing is Standing.FORK:
        return [
            error(
                "LEDGER-FORK",
                place,
                f"contradicts the ledger of {signed} entries that its key signed last on this machine",
                remedy="compare it with the other copies of the archive: one of them was written apart",
            )
        ]
    return []
