"""Codes about what is held: fixity, audits, catalog."""

from collections.abc import Mapping
from typing import Final

from archive.core.finding_codes.model import FindingCode, error, note, warning

_RESTORE = "archive repair puts it back from a copy that has the recorded digest."
_REBUILD = "Run archive catalog rebuild; nothing is lost."
_TIDY = "Set it aside with archive tidy; in a copy, remove it."
_PUT_BACK = "Put it back from another copy of the archive."

FIXITY: Final[Mapping[str, FindingCode]] = {
    "FIX-ALTERED": error("A file was read in full and its bytes are not those recorded.", _RESTORE),
    "FIX-BAG-MISSING": error("The ledger holds a bag, and storage has no such folder.", _RESTORE),
    "FIX-HARD-LINK": warning(
        "Held files have another name somewhere: who writes to that one changes held bytes.",
        "If that is no backup made of hard links, move the bag aside and copy it back.",
    ),
    "FIX-LINK": error(
        "A symbolic link stands in a bag, or in place of an archive's folder; nothing vouches for it.",
        _RESTORE,
    ),
    "FIX-LITTER": error(
        "A desktop program or system left a file in a bag or beside it.",
        "Set it aside with archive tidy; it is no part of the document. In a copy, remove it.",
    ),
    "FIX-MANIFEST": error(
        "A bag's manifest is not the one that the ledger records.",
        "Write it anew where the payload is intact; else restore it from a copy.",
    ),
    "FIX-MISSING": error("A file is recorded, and storage has no such file.", _RESTORE),
    "FIX-SIZE": error("Files or bytes are not as many as recorded.", _RESTORE),
    "FIX-SPECIAL": error("A pipe, socket or device stands in a bag; it was not opened.", _RESTORE),
    "FIX-TAGMANIFEST": error(
        "A bag's tag manifest is not the one that the ledger records.",
        "Write it anew where the files are intact; else restore the bag from a copy.",
    ),
    "FIX-UNLISTED": error(
        "A file is in a bag or in bags/, and nothing vouches for it.",
        "Find out who put it there, then set it aside.",
    ),
    "FIX-UNREADABLE": warning(
        "A file could not be read; nothing is known about it.",
        "Look at the storage, then audit the bag again.",
    ),
    "FIX-UNVOUCHED": warning(
        "A tag file cannot be judged, since the tag manifest is not there.", "Restore the tag manifest first."
    ),
}

BAGS: Final[Mapping[str, FindingCode]] = {
    "BAG-LEAVING": note(
        "An unfinished command has still to move a withdrawn bag, or to destroy one.",
        "Nothing has to be done: the next writing command finishes it.",
    ),
    "BAG-PENDING": note(
        "Bags of an unfinished ingest lie in bags/; they are not held yet.", "Nothing has to be done."
    ),
    "BAG-REVISION-PENDING": note(
        "Bags have a new description that is not committed yet; the one in the ledger is in force.",
        "Nothing has to be done.",
    ),
    "BAG-UNJUDGED": warning(
        "Bags cannot be judged, since entries of the ledger do not hold or could not be read, or a run over a"
        " copy has not ended and its archive is not at hand.",
        "Put the ledger back from another copy of the archive, or end the run; then audit again.",
    ),
    "BAG-UNKNOWN": error(
        "A bag lies in bags/, and no entry of the ledger knows it there.",
        "Find out who put it there; nothing vouches for it, and nothing removes it.",
    ),
    "BAG-WITHDRAWN": error(
        "A bag that was withdrawn, or disposed of, lies in bags/ again.",
        "Find out who put it there. One that was withdrawn goes to quarantine/; destroy one disposed of.",
    ),
}

QUARANTINE: Final[Mapping[str, FindingCode]] = {
    "QUARANTINE-ALTERED": warning(
        "Damaged bytes that a repair set aside are not there any more, or are others since.",
        "Nothing that is held is concerned; put them back from a copy where they are wanted as evidence.",
    ),
    "QUARANTINE-DISPOSED": error(
        "A document was disposed of, and its bytes lie in quarantine/ again.",
        "Find out who put them there; the authority for the disposal says what is to be done.",
    ),
    "QUARANTINE-LITTER": warning("A desktop program or system left a file in quarantine/.", _TIDY),
    "QUARANTINE-MISSING": error(
        "A bag was withdrawn and not disposed of, and is not in quarantine/.",
        "Put it back by hand from another copy of the archive: archive repair is about held documents. Where"
        " nobody has it any more, dispose of it.",
    ),
    "QUARANTINE-RECORD": error(
        "The record of a repair is missing, or is not the one that the ledger knows.", _PUT_BACK
    ),
    "QUARANTINE-REPAIR-PENDING": note(
        "An unfinished repair has set something aside.",
        "Nothing has to be done: the next writing command finishes it.",
    ),
    "QUARANTINE-UNKNOWN": warning(
        "Something lies in quarantine/ that no entry of the ledger set aside.",
        "Find out who put it there; nothing vouches for it.",
    ),
    "QUARANTINE-UNREADABLE": error(
        "A part of quarantine/ could not be read.", "Look at the storage, then audit again."
    ),
}

REPAIRS: Final[Mapping[str, FindingCode]] = {
    "REPAIR-CHECKPOINT": error(
        "A checkpoint on a copy that the archive was repaired from is none; how far that ledger goes is not"
        " known.",
        "Look for another copy, and repair from it; then archive copy --to, with this one, writes its ledger"
        " anew.",
    ),
    "REPAIR-IN-THE-WAY": error(
        "Something that is no folder stands where files of the archive itself are to be put back.",
        "Move it away, then give the same command again.",
    ),
    "REPAIR-NOT-RECORDED": warning(
        "Files of the archive itself were put back, and the ledger does not say so yet.",
        "Give archive repair --ledger again with the signing key; any command that writes does it too.",
    ),
    "REPAIR-PLACE-UNREADABLE": error(
        "A place at hand that may have good bytes could not be read.",
        "Look at that storage and at who may read it, then give the same command again.",
    ),
}

AUDITS: Final[Mapping[str, FindingCode]] = {
    "AUDIT-BESIDE": warning(
        "Something lies in the archive's own folder and is no part of the archive; no audit looks at it.",
        "Take in what is to be kept (archive ingest), and move it out of that folder.",
    ),
    "AUDIT-BESIDE-UNREADABLE": error(
        "The archive's own folder could not be listed; what else lies in it is not known.",
        "Look at the storage and at who may read the folder, then audit again.",
    ),
    "AUDIT-LITTER": warning("A desktop program or system left a file in audits/.", _TIDY),
    "AUDIT-NOT-RECORDED": error(
        "An audit was meant to be recorded in the ledger and could not be.",
        "Bring the key, or give --read-only where it was not meant to be recorded.",
    ),
    "AUDIT-READ-AGAIN": note(
        "A resumed audit found results that nothing vouches for: it removed them and read again.",
        "Nothing: a power cut does this. Where there was none, ask who can write to audits/.",
    ),
    "AUDIT-RESULTS": error(
        "Results of an earlier audit are missing or altered, or the ledger tells its end otherwise.",
        _PUT_BACK,
    ),
    "AUDIT-RESULTS-UNREADABLE": error(
        "Results of an earlier audit could not be read.", "Look at the storage, then audit again."
    ),
    "AUDIT-UNFINISHED": note(
        "An audit was started and did not end.", "Finish it: archive audit --resume RUN."
    ),
    "AUDIT-UNKNOWN": error(
        "A file or folder in audits/ belongs to no audit of the ledger.",
        "Find out who put it there, and move it out.",
    ),
    "AUDIT-WAITING": note(
        "An audit waits for a signature: nothing in the ledger vouches for its results yet.",
        "Record it: archive key sign, with the key's passphrase.",
    ),
    "AUDIT-WAITING-ALTERED": error(
        "An audit waits for a signature, and its plan, results or statement are not those kept.", _PUT_BACK
    ),
    "AUDIT-WAITING-MISSING": warning(
        "An audit waits for a signature, and its results or its statement are not here.", _PUT_BACK
    ),
    "COPY-BEHIND": note(
        "A copy lacks the newest entries of the archive.", "Bring it up to date when it is next at hand."
    ),
    "COPY-FOREIGN": error(
        "What was named as a copy is a copy of another archive, or of another history.",
        "Name the right folder, or find out where the two part.",
    ),
}

NOTES: Final[Mapping[str, FindingCode]] = {
    "NOTE-ALTERED": error("A note is not the text that the ledger is committed to.", _PUT_BACK),
    "NOTE-FOREIGN": warning(
        "A file in notes/ is none that the archive writes.",
        "Find out who put it there; nothing vouches for it.",
    ),
    "NOTE-LITTER": warning("A desktop program or system left a file in notes/.", _TIDY),
    "NOTE-REMOVED": note(
        "A note was removed; the ledger holds without it.", "Nothing has to be done where it was meant."
    ),
    "NOTE-UNKNOWN": note(
        "No entry of the ledger refers to a note; a command that was killed leaves one.",
        "Nothing has to be done.",
    ),
    "NOTE-UNREADABLE": error("A note could not be read.", "Look at the storage, then audit again."),
}

CATALOG: Final[Mapping[str, FindingCode]] = {
    "CATALOG-ALTERED": error("catalog.json is not what the ledger gives.", _REBUILD),
    "CATALOG-BAG-DOUBTFUL": warning(
        "A bag could not be read well enough to stand in the catalog.", "Audit the bag."
    ),
    "CATALOG-BAG-UNREADABLE": warning(
        "Storage did not give a bag, which does not stand in the catalog as it should.",
        "Look at the storage; a writing command after the next audit describes the bag.",
    ),
    "CATALOG-DERIVED-ALTERED": error("holdings.csv is not the list that ledger and bags give.", _REBUILD),
    "CATALOG-DERIVED-MISSING": warning("There is no holdings.csv or README.html.", _REBUILD),
    "CATALOG-DERIVED-STALE": warning(
        "holdings.csv or README.html is not the file that was written last or is that of an earlier state, or"
        " the page not the one that ledger, bags and archive.toml give.",
        _REBUILD,
    ),
    "CATALOG-INDEX": warning(
        "catalog.sqlite cannot be used, is damaged, behind the ledger, or counts otherwise.",
        "Nothing is lost: archive catalog rebuild makes it anew, as a writer does that cannot use it.",
    ),
    "CATALOG-INDEX-ALTERED": error(
        "catalog.sqlite says what ledger, bags and results of audits do not.", _REBUILD
    ),
    "CATALOG-LITTER": warning("A desktop program or system left a file in runs/.", _TIDY),
    "CATALOG-MISSING": warning("There is no catalog.json.", _REBUILD),
    "CATALOG-NOT-JUDGED": warning(
        "The catalog could not be judged, since the ledger does not hold.", "Run archive ledger verify."
    ),
    "CATALOG-RUN-ALTERED": error("The manifest of a run is not the one that the ledger knows.", _PUT_BACK),
    "CATALOG-RUN-MISSING": error("The manifest of a run is not there.", _PUT_BACK),
    "CATALOG-RUN-PENDING": note(
        "A manifest belongs to a run that is being finished, or was begun anew.",
        "Nothing has to be done: the next writing command clears it.",
    ),
    "CATALOG-RUN-UNKNOWN": error(
        "A file in runs/ belongs to no run of the ledger.", "Find out who put it there, and move it out."
    ),
    "CATALOG-RUN-UNREADABLE": error(
        "The manifest of a run could not be read.", "Look at the storage, then verify again."
    ),
    "CATALOG-STALE": warning("catalog.json is that of an earlier state.", _REBUILD),
    "CATALOG-UNREADABLE": error(
        "A part of the catalog could not be read.", "Look at the storage, then verify again."
    ),
}

NOTIFICATION: Final[Mapping[str, FindingCode]] = {
    "NOTIFY-MAIL": warning(
        "The summary of a run could not be sent by mail; the run itself is not concerned.",
        "See [notify] in archive.toml: the server, the command, and where the password stands.",
    ),
    "NOTIFY-WEBHOOK": warning(
        "The summary of a run could not be posted; the run itself is not concerned.",
        "See [notify] in archive.toml: the address, or where it stands.",
    ),
}
