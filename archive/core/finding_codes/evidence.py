"""Codes about the ledger: in itself, and held against what others kept."""

from collections.abc import Mapping
from typing import Final

from archive.core.finding_codes.model import FindingCode, error, note, warning

_PUT_BACK = "Put the file back from another copy of the archive, then verify again."
_PUT_BACK_OR_ASIDE = (
    "archive repair --ledger puts it back from another copy, and sets an earlier checkpoint aside that no"
    " copy has."
)
_COMPARE = "Compare the archive with its other copies; keep the ones that differ."
_NONE = "Nothing has to be done: the next writing command clears it."

LEDGER: Final[Mapping[str, FindingCode]] = {
    "LEDGER-BEYOND": note("Bytes lie beyond the checkpoint; they are no part of the ledger.", _NONE),
    "LEDGER-BUNDLE-MISSING": error("A file with entries is missing.", _PUT_BACK),
    "LEDGER-BUNDLE-TORN": error(
        "A file with entries is cut off, or has more bytes than its entries.", _PUT_BACK
    ),
    "LEDGER-CHECKPOINT-ALTERED": error(
        "A checkpoint is malformed, or the key's signature on it does not hold.", _PUT_BACK_OR_ASIDE
    ),
    "LEDGER-CHECKPOINT-CONTRADICTED": error(
        "A checkpoint was signed, and the entries give another root.", _COMPARE
    ),
    "LEDGER-CHECKPOINT-MISSING": error(
        "The newest checkpoint, its copy under its size or one that the catalog names is missing.", _PUT_BACK
    ),
    "LEDGER-CLOCK-BACK": note(
        "An entry's time is before that of the entry before it.",
        "The order is that of the ledger, whatever the clock said.",
    ),
    "LEDGER-ENTRY-ALTERED": error("An entry is not the bytes that the signed tree was made of.", _PUT_BACK),
    "LEDGER-ENTRY-MALFORMED": error("The signed tree holds something that is no entry.", _COMPARE),
    "LEDGER-ENTRY-NEWER": error("A newer release wrote an entry.", "Use a newer release of archive."),
    "LEDGER-FIRST-ENTRY": error("The first entry names another key or another origin.", _COMPARE),
    "LEDGER-KEY-CHAIN": error(
        "A key is not the one that the chain of keys from the first entry leads to.", _COMPARE
    ),
    "LEDGER-KEY-REPLACED": warning(
        "The signing key was replaced without its signature: trust begins anew there.",
        "Ask the archive, by another way than this copy, why it replaced its key then.",
    ),
    "LEDGER-NOT-A-FILE": error(
        "A link, folder or device stands where the ledger has a file.", _PUT_BACK_OR_ASIDE
    ),
    "LEDGER-ROLLBACK": error(
        "A larger checkpoint was signed: an older state was put in place.",
        "Find out who did it; compare the archive with its other copies.",
    ),
    "LEDGER-TILE-ALTERED": error("A tile is not what the entries below it give.", _PUT_BACK),
    "LEDGER-TILE-MISSING": error("A tile of the tree is missing.", _PUT_BACK),
    "LEDGER-UNFINISHED": note("A commit was begun and not made; nothing of it counts.", _NONE),
    "LEDGER-UNKNOWN-FILE": warning(
        "A file in ledger/ is no part of it.", "Move it away if it is not wanted."
    ),
    "LEDGER-UNREADABLE": error(
        "Part of the ledger could not be read; nothing is known about it.",
        "Check the disk, then verify again.",
    ),
}

PACKS: Final[Mapping[str, FindingCode]] = {
    "PACK-LEFT-OUT": warning(
        "A manifest or results that the ledger records were left out of a pack of evidence.",
        "Ask the archive why; have that part looked at where the archive is.",
    ),
    "PACK-MEMBER": error(
        "A file in a pack of evidence is missing, altered, or no part of it.",
        "Ask the archive for the pack again; keep this one.",
    ),
    "PACK-RESULTS": error(
        "Results of a self-check are not those that the ledger records.",
        "Ask the archive for the pack again; keep this one.",
    ),
}

PROOFS: Final[Mapping[str, FindingCode]] = {
    "PROOF-BROKEN": error(
        "Entry and hashes of a proof do not give the root that its checkpoint states.",
        "Take the file exactly as it was given; else ask the archive for a new proof.",
    ),
    "PROOF-DOCUMENT-DIFFERS": error(
        "A document does not have the bytes that any proven entry records.",
        "Compare it with other copies: these are not the bytes that were taken in.",
    ),
    "PROOF-ENTRY-MISSING": error(
        "A proof came without the entry that it is about, or that is none.",
        "Ask for one made by archive ledger prove.",
    ),
    "PROOF-MANIFEST-FOREIGN": error(
        "A list of files in a receipt is not the one that any proven entry records.",
        "Take the receipt exactly as it was given.",
    ),
    "PROOF-NO-KEY": note(
        "No key was brought, so that the signature was not verified.",
        "Bring the archive's public key: --key VKEY.",
    ),
    "PROOF-OTHER-CHECKPOINT": warning(
        "The checkpoint that was brought is of another size than the proof's, and cannot be related to it.",
        "Ask for a proof at your checkpoint: archive ledger prove ID --at FILE.",
    ),
    "PROOF-PAGE-DIFFERS": error(
        "A receipt shows what no proven entry records, or is not laid out as receipts are.",
        "Believe what check-proof prints; take the receipt exactly as it was given.",
    ),
    "PROOF-STATEMENT-UNJUDGED": warning(
        "The signature of an auditor's statement that was brought could not be looked at here.",
        "Look again where OpenSSH is installed.",
    ),
    "PROOF-UNREADABLE": error("A document could not be read; nothing is known about it.", "Check the disk."),
}

STANDING: Final[Mapping[str, FindingCode]] = {
    "LEDGER-BEHIND": note(
        "Fewer entries than the key on this machine signed: an older state, or another history.",
        "Write to the newest copy; there archive ledger verify --trust, with this checkpoint, tells which.",
    ),
    "LEDGER-COSIGNATURE": error(
        "The cosignature of a witness does not hold.", "Take the file exactly as the witness gave it."
    ),
    "LEDGER-FORK": error("The key signed two histories that part before the size named.", _COMPARE),
    "LEDGER-KEPT-ALTERED": error(
        "The signature of a checkpoint that was kept does not hold.",
        "Take the file exactly as archive ledger checkpoint --out wrote it.",
    ),
    "LEDGER-KEY-OPEN": warning(
        "Other users of this machine can read the signing key.",
        "Take the rights away (chmod go=); rotate the key where they may have used them.",
    ),
    "LEDGER-KEY-ROTATED": note(
        "The key that was supplied is an earlier one; it and those after it signed the one in force.",
        "Keep the key in force from now on.",
    ),
    "LEDGER-KEY-STATE": warning(
        "What the key signed last is not recorded beside it, or cannot be read.",
        "Restore the key's folder from its backup.",
    ),
    "LEDGER-KEY-UNFINISHED": note(
        "A change of the signing key was cut off before archive.toml named the new one.", _NONE
    ),
    "LEDGER-NO-KEY": error(
        "No verifier key is named, so that no signature can be verified.",
        "Restore archive.toml from another copy, or bring the key with --key.",
    ),
    "LEDGER-NOT-WITNESSED": warning(
        "A witness that was named has cosigned no checkpoint that is here.",
        "Bring one that it cosigned: --trust FILE.",
    ),
    "LEDGER-OTHER-KEY": error(
        "The ledger, or a checkpoint that was kept, is signed by another key than expected.",
        "Ask the archive which key is its own, by another way than this copy.",
    ),
    "LEDGER-REWRITTEN": error("Entries are not those that a kept checkpoint covers.", _COMPARE),
    "LEDGER-SETTINGS": error(
        "archive.toml names another id, origin or key than the entries of the ledger.",
        "Restore archive.toml from another copy.",
    ),
    "LEDGER-SETTINGS-UNRECORDED": note(
        "archive.toml changed since the ledger recorded it.",
        "Nothing has to be done: the next writing command does.",
    ),
    "LEDGER-STATEMENT-ALTERED": error(
        "An auditor's statement that is kept does not hold any more.", _PUT_BACK
    ),
    "LEDGER-STATEMENT-UNJUDGED": note(
        "A statement of an auditor is kept that could not be judged here.",
        "Bring the signer's public key or list of allowed signers: archive ledger verify --signer FILE.",
    ),
    "LEDGER-STATEMENT-UNTRUSTED": warning(
        "No signer that was brought made the signature of a statement.",
        "Bring the key of whoever signed it too: --signer FILE.",
    ),
    "LEDGER-TIMESTAMP-ALTERED": error("A time-stamp that is kept does not hold any more.", _PUT_BACK),
    "LEDGER-TIMESTAMP-UNJUDGED": note(
        "Time-stamps are kept, and no root certificate was brought to judge them by.",
        "Bring the authority's root certificate: archive ledger verify --tsa-root FILE.",
    ),
    "LEDGER-TIMESTAMP-UNTRUSTED": warning(
        "No root certificate that was brought vouches for a time-stamp.",
        "Bring the root certificate of its authority too: --tsa-root FILE.",
    ),
    "LEDGER-TRUNCATED": error(
        "The ledger ends before a checkpoint that was kept.", "Find a copy that reaches the checkpoint."
    ),
}
