"""Codes about copies of the archive on other disks."""

from collections.abc import Mapping
from typing import Final

from archive.core.finding_codes.model import FindingCode, error, note, warning

_AGAIN = "Run the same command again: it goes on from there."

COPIES: Final[Mapping[str, FindingCode]] = {
    "COPY-CHANGED": error("A bag of the archive changed while it was copied.", _AGAIN),
    "COPY-DERIVED": warning(
        "The list or the page for finders of a copy is not the archive's, and nothing recorded says why.",
        "Run archive copy: it is written anew from the archive.",
    ),
    "COPY-DISPOSED": warning(
        "Documents that were disposed of still lie on a copy.",
        "Destroy them there, too: archive copy with --yes, or say yes at the terminal.",
    ),
    "COPY-FILE-SYSTEM": warning(
        "The copy is on a file system that is poor in names and rich in clusters.",
        "Give --as tar for a copy whose bags are one file each.",
    ),
    "COPY-IN-THE-WAY": error(
        "A folder that is not empty stands on a copy where a file was that the archive has no more.",
        "Find out who put it there, and move it out of the copy.",
    ),
    "COPY-INTERRUPTED": error("A copy could not be written to its end; what is in place is whole.", _AGAIN),
    "COPY-LEDGER": warning(
        "The checkpoint of a copy does not hold: it proves nothing of the state that the copy is of.",
        "Run archive copy: it is written anew from the archive.",
    ),
    "COPY-LINK": error(
        "A link stands in the place of one of a copy's own folders: the bytes behind it are not the copy's.",
        "Put the folder itself there, or begin a new copy in another folder.",
    ),
    "COPY-MARKER": warning(
        "The copy.json of a copy cannot be read or is not true of it, or one lies in the archive itself.",
        "Move it away; the next archive copy to that folder writes it anew, and an archive has none.",
    ),
    "COPY-NOT-RECORDED": error(
        "The end of a run over a copy could not be recorded in the ledger.",
        "Run the same command again; what is on the copy is there.",
    ),
    "COPY-PENDING": note(
        "What a run brings to a copy before its ledger lies there, and the run has not ended.",
        "Nothing: the next archive copy to that folder goes on from there.",
    ),
    "COPY-PROFILE": warning(
        "A profile in the archive's folder profiles/ is a link or no plain file, and was not copied.",
        "Put the file itself there, and run archive copy again.",
    ),
    "COPY-SAME-DISK": note(
        "A copy lies on the same file system as the archive: what takes the one takes the other.",
        "Keep a copy on another disk.",
    ),
    "COPY-SETTINGS": error(
        "The archive.toml of a copy is not the one that its ledger records.",
        "Run archive copy: it is written anew from the archive.",
    ),
    "COPY-SOURCE": error(
        "A file of the archive does not hold, and was not copied over what the copy has of it.",
        "Put it back in the archive: the copy may have it whole. A list or page is made anew: archive catalog"
        " rebuild.",
    ),
    "COPY-SOURCE-UNREADABLE": error(
        "Storage did not give a file of the archive, which was not copied over what the copy has of it.",
        "Look at the archive's disk and its cable, then copy again.",
    ),
    "COPY-SPACE": warning(
        "The copy may not have room for what is to be written.", "Free some space, or take a larger disk."
    ),
    "COPY-TAR": error(
        "A tar of a copy has bytes that copying never writes, in its padding, in a header or behind its end.",
        "Run archive copy: the tar is written anew. Look at the disk, which does not keep what it was given.",
    ),
    "COPY-TWICE": warning(
        "A bag lies on a copy twice, in bags/ and in quarantine/.",
        "Look at both, and remove the one that is not whole.",
    ),
    "COPY-UNREADABLE": error(
        "A file of a copy, beside its bags, could not be looked at; nothing is known of it.",
        "Look at the storage and at who may read the file, then audit the copy again.",
    ),
    "COPY-UNSTORABLE": error(
        "The file system of a copy cannot hold a file under its name, or of its size.",
        "Keep a copy in tars there (--as tar, in a folder of its own), or take another file system.",
    ),
    "RESTORE-BEHIND": warning(
        "More was signed than the copies that the archive was restored from hold, or prove.",
        "Restore from a newer copy, or with the key in force: --key; where none is left,"
        " archive key replace --behind goes on from here.",
    ),
    "RESTORE-CHECKPOINT": warning(
        "A checkpoint on a copy that the archive was restored from is none; how far that ledger went is not"
        " known.",
        "Look for a newer copy, and restore from it beside these, in a new folder; holdings.csv on that copy"
        " has the documents that it knew of.",
    ),
    "RESTORE-LACKING": error(
        "A file that the ledger vouches for is on none of the copies that the archive was restored from.",
        "Name another copy beside these, or repair later: archive repair --ledger --from COPY.",
    ),
    "RESTORE-SETTINGS": warning(
        "No copy has the archive.toml that the ledger records; another one was taken.",
        "Look through archive.toml; the next command that writes records it as it is.",
    ),
    "RESTORE-UNREAD": error(
        "A copy did not give a file that the archive was to be restored with; nothing is known of it.",
        "Try another cable or reader and run the same command again; --unreadable goes on without it.",
    ),
}
