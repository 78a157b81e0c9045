"""Texts behind commitments: `notes/<first two digits>/<commitment>.json`, each removable for itself."""

import base64
import json
import os
from typing import Final

from archive.core.errors import EvidenceError
from archive.core.ledger.commitments import SALT_BYTES, commit, is_commitment
from archive.core.limits.ledger import NOTE_FILE_BYTES, NOTE_TEXT_BYTES
from archive.core.text import printable
from archive.storage.disk.durable import (
    NotAPlainFileError,
    make_folder,
    read_back,
    read_plain,
    refuse_link,
    sync_folder,
    write_new,
)
from archive.storage.disk.kinds import known_link

NOTES = "notes"

_PUT_BACK: Final = "put it back from a copy: archive repair --ledger"


def note_path(commitment: str) -> str:
    """Where the note of a commitment lies, relative to the root of the archive or of a copy."""
    return f"{NOTES}/{commitment[:2]}/{commitment}.json"


class Notes:
    """The notes of one archive."""

    def __init__(self, archive: str) -> None:
        self._folder = os.path.join(archive, NOTES)

    def path_of(self, commitment: str) -> str:
        """Where the note of a commitment lies; ValueError where the text is no commitment."""
        if not is_commitment(commitment):
            raise ValueError(f"not a commitment: {printable(commitment)}")
        return os.path.join(self._folder, commitment[:2], f"{commitment}.json")

    def write(self, text: str, *, salt: bytes | None = None, sync: bool = True) -> str:
        """Store a text and return its commitment, which goes into a ledger entry.

        The salt is 32 random bytes unless given. The file is read back; `sync=False` leaves it to the sync of
        the batch to make it durable. Raises ValueError for a text beyond NOTE_TEXT_BYTES or no Unicode.
        """
        raw = text.encode()
        if len(raw) > NOTE_TEXT_BYTES:
            raise ValueError(f"a note has at most {NOTE_TEXT_BYTES} bytes, this one {len(raw)}")
        salt = os.urandom(SALT_BYTES) if salt is None else salt
        commitment = commit(salt, raw)
        path = self.path_of(commitment)
        data = _bytes_of(salt, text)
        folder = os.path.dirname(path)
        for each in (self._folder, folder):
            refuse_link(each)
        made = [each for each in (self._folder, folder) if make_folder(each)]
        if self._holds(path, data):
            return commitment
        write_new(path, data, sync=sync)
        read_back(path, data)
        if sync:
            for changed in {folder, *(os.path.dirname(each) for each in made)}:
                sync_folder(changed)
        return commitment

    def read(self, commitment: str) -> str | None:
        """The text behind a commitment, verified, or None where it was removed.

        Raises EvidenceError where the file does not open to the commitment, or is not spelt as `write` does:
        what else stood in it, nobody would vouch for. StorageError where it cannot be read.
        """
        path = self.path_of(commitment)
        try:
            raw = _read(path)
            if raw is None:
                return None
            document = json.loads(raw)
            text, salt = document["text"], base64.b64decode(document["salt"], validate=True)
            found = commit(salt, text.encode())
        except (
            NotAPlainFileError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            RecursionError,
        ) as trouble:
            raise EvidenceError(f"{printable(path)}: not a note: {trouble}", remedy=_PUT_BACK) from trouble
        if found != commitment:
            raise EvidenceError(
                f"{printable(path)}: altered: its text opens to the commitment {found}", remedy=_PUT_BACK
            )
        if raw != _bytes_of(salt, text):
            raise EvidenceError(
                f"{printable(path)}: altered: holds more than its salt and text", remedy=_PUT_BACK
            )
        return str(text)

    @staticmethod
    def _holds(path: str, data: bytes) -> bool:
        try:
            return read_plain(path, len(data)) == data
        except NotAPlainFileError:
            return False


def _read(path: str) -> bytes | None:
    """The bytes of a note, None where there is none; NotAPlainFileError also where its folder is a link."""
    if known_link(os.path.dirname(path)):
        raise NotAPlainFileError("its folder is a link, and is not followed")
    return read_plain(path, NOTE_FILE_BYTES)


def _bytes_of(salt: bytes, text: str) -> bytes:
    """The one spelling of a note."""
    document = {"salt": base64.b64encode(salt).decode(), "text": text}
    return json.dumps(document, ensure_ascii=False, sort_keys=True).encode() + b"\n"
