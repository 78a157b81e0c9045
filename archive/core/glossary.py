"""The words of this project, one meaning each: for `archive help WORD` and docs/glossary.md alike."""

from collections.abc import Mapping
from typing import Final

GLOSSARY: Final[Mapping[str, str]] = {
    # What is kept
    "archive": "The folder that “archive init” makes, with everything in it.",
    "document": "What a depositor brings and the archive keeps; its bytes never change.",
    "source text": "Another name for a document, used where its being a text matters.",
    "depositor": "Whoever hands documents over: a donor, an office, the archivist's own institution.",
    "submission": "Documents and their descriptions, offered together for ingest.",
    "accession": (
        "One acquisition from one depositor, with a number, a source, a date and an agreement; it may "
        "arrive in several runs."
    ),
    "description": (
        "What is said about a document in Dublin Core: title, creator, date and so on, checked by rules."
    ),
    "access": (
        "Who may see a document: open, restricted, embargoed until a day, or not stated, which never "
        "means open."
    ),
    "embargo": ("A time during which a document is not open; it ends on a day that is named."),
    "fonds": (
        "All that one person, family or body left; it holds series, these hold files, these hold single "
        "documents (ISAD(G))."
    ),
    "Dublin Core": (
        "Fifteen simple elements for describing anything, such as title, creator and date (ISO 15836)."
    ),
    "EDTF": (
        "A way to write dates that are uncertain, approximate or open: 1918~ is about 1918, 192X is some "
        "year of the 1920s, ../1919 is up to 1919 (ISO 8601-2)."
    ),
    "template": (
        "A table with a row for each document, made to be filled in; what it suggests beside the cells "
        "describes nothing."
    ),
    "draft": "A row of a template without a title; its document may be taken in, and awaits description.",
    "survey": "What was brought, counted before any of it is taken in: formats, dates, sizes, names, twins.",
    "sidecar": "A file that lies beside a document, has its name with an ending added, and describes it.",
    "reference": "The archive's own number for a document, such as 2026-000037; never given twice.",
    "held": "Kept by the archive: the ledger has the entry that says so.",
    "duplicate": (
        "A document with the same bytes as another one under a different name; kept and linked unless you "
        "ask otherwise."
    ),
    "twin": (
        "One of several files or documents with the same bytes under different names; where one is "
        "held already, the other is a duplicate."
    ),
    "awkward name": (
        "A file name that some system cannot keep as it is; the bag stores a portable one and remembers the"
        " original."
    ),
    # Bags
    "bag": "A folder laid out by the BagIt rules (RFC 8493); here one for each document.",
    "payload": "The files below data/ in a bag: the document itself.",
    "tag file": "Any file of a bag outside data/: lists, descriptions, history.",
    "bag-info": (
        "The tag file bag-info.txt: labels and values that say what the bag is and where it came from."
    ),
    "manifest": "The list of a bag's payload files with their digests, such as manifest-sha512.txt.",
    "tag manifest": "The list of a bag's tag files with their digests, such as tagmanifest-sha512.txt.",
    "revision": (
        "A later description of a held document, with its number, 2 and more; earlier ones stay in the bag."
    ),
    "complete": (
        "Every file that a bag's manifests list is there, and no payload file is missing from them (RFC "
        "8493 §3)."
    ),
    "valid": "Complete, and every digest agrees with the bytes (RFC 8493 §3).",
    "profile": "Extra rules that an institution sets for bags or descriptions.",
    # Lists of what is held
    "catalog": (
        "The lists that tell what the archive holds; they can always be made again from bags and ledger."
    ),
    "catalog manifest": "catalog.json: what the archive holds, run by run, up to a named checkpoint.",
    "index": "catalog.sqlite: makes search fast; nothing is lost when it is deleted.",
    # Fixity
    "digest": (
        "A number worked out from bytes that changes when any of them changes, with the name of its "
        "algorithm."
    ),
    "checksum": "The everyday word for a digest.",
    "fixity": "Being the same, byte for byte, as when the digest was recorded.",
    "validate": "To judge against rules: a schema, a profile, a grammar.",
    "verify": "To judge against something recorded earlier: a digest, a proof, a signature.",
    "audit": "A recorded run that reads held bags and compares their bytes with the ledger.",
    "sample": (
        "Bags drawn with a seed, so that anybody can draw the same ones again; one that cannot be read "
        "counts as bad."
    ),
    "seed": (
        "The text that a sample is drawn with; chosen by the auditor, and only then, so that nobody "
        "can have prepared for it."
    ),
    "coverage": "What was checked and when, held against what the policy promised.",
    "policy": "A promise that the archive makes about itself, such as reading every bag once in 90 days.",
    "promise": "Work that archive.toml says is done at an interval; whether it was done is shown beside it.",
    "schedule": "What makes a machine run commands by the clock: cron, systemd or launchd.",
    "assessment": (
        "A framework's criteria, each answered by what the archive can show: met, not met, or cannot be "
        "known from here."
    ),
    "declared": "Said by the keeper in archive.toml where nothing that is kept can show it.",
    "overdue": "Not checked within the time that the policy promised.",
    # Outcomes
    "outcome": "The verdict on one thing, from a short fixed list.",
    "intact": "Read in full, and everything agrees with what was recorded.",
    "altered": "Read in full, and at least one digest differs.",
    "missing": "Recorded, but the storage answered that it is not there.",
    "unlisted": "There, but no manifest vouches for it.",
    "unreadable": "The storage did not answer, so nothing is known about it; neither good nor bad.",
    "damaged": "Said of a bag: at least one of its files is altered, missing or unlisted.",
    "unknown": "Said of a bag on disk that the ledger does not know.",
    "pending": "Said of a bag that an unfinished command is about to add; not held yet.",
    "inconclusive": "Said of a run: something that was chosen could not be looked at.",
    "finding": "One coded remark on one place: what was expected, what was found, what to do.",
    # History and evidence
    "run": (
        "One ingest, audit, copy, repair or other change from its beginning to its end, under an id of "
        "its own."
    ),
    "event": "Something that happened to a document: when, what, by whom and with what result.",
    "agent": "The person, institution or program behind an event.",
    "provenance": "Where a document came from and everything that has happened to it since.",
    "ledger": (
        "The list of all events, which only ever grows and whose past nobody can change unnoticed by those "
        "who keep a checkpoint."
    ),
    "entry": "One position in the ledger.",
    "note": "Free text that belongs to a ledger entry but lies beside it, so that it can be removed.",
    "intent": "What a command writes down before it starts, so that an interruption can be cleaned up.",
    "copy": (
        "A second archive folder on another disk, made and kept up to date by archive copy; verified by the "
        "same ledger, never written to as if it were the archive."
    ),
    "place": ("Where a copy is kept: its name, path, medium, site and provider in archive.toml."),
    "good copy": ("One whose bytes were last seen to be the recorded ones; the archive's own counts, too."),
    "checkpoint": (
        "A few signed lines that fix the ledger's size and content at one moment; keep copies elsewhere."
    ),
    "proof": (
        "Evidence that an entry is in the ledger, or that a later ledger contains an earlier one unchanged."
    ),
    "passphrase": "What opens an encrypted signing key; kept apart from the key.",
    "signing key": "The secret that signs checkpoints; it lies outside the archive and needs a backup.",
    "public key": "What tells whose signature the ledger must bear; no secret, and to be given away.",
    "verifier key": "The public key as one line: the ledger's name, the key's id, the key (C2SP).",
    "witness": "Somebody outside who has seen a checkpoint and signed it too.",
    "time-stamp": "What an authority outside signs to say when a checkpoint was there (RFC 3161).",
    "statement": "A short text about a checkpoint that an auditor signed with a key of their own.",
    "mark": (
        "Anything from outside, or kept outside, that fixes the ledger up to a size: a kept "
        "checkpoint, proof or receipt, a cosignature, a time-stamp, a statement."
    ),
    "cosignature": "A witness's signature on a checkpoint, with the time at which it was made.",
    "self-check": (
        "An audit that the archive made of itself and recorded: true as far as you trust whoever ran it."
    ),
    "claimed": "Said of a check: the archive recorded it, and there is only its own word for it.",
    "attested": (
        "Said of a check: it was on record by the time of a mark from outside, so that it cannot have "
        "been made up since."
    ),
    "pack of evidence": (
        "A file with the ledger and the results of self-checks, without documents, for an auditor elsewhere."
    ),
    "trust basis": (
        "On whose word a verdict rests: the archive's alone, a checkpoint that you brought, or an outside "
        "witness."
    ),
    # Keeping
    "ingest": "To take a submission into the archive.",
    "staging": "Where work in progress lies; nothing in it is held.",
    "repair": (
        "To put bytes with the recorded digest in the place of damaged ones, from a copy or the "
        "original brought again, and record it."
    ),
    "incident": (
        "One damage, however often it is seen: opened by the audit that finds it first, closed by one that "
        "finds it no more."
    ),
    "acknowledge": "To say for the record that somebody knows of damage, and its cause; it stays damage.",
    "quarantine": (
        "Where damaged or withdrawn bytes are set aside; nothing leaves it but by “archive dispose”."
    ),
    "withdraw": (
        "To take a document out of what is held; its entry, a reason and the bytes in quarantine stay."
    ),
    "dispose": "To destroy withdrawn bytes on somebody's authority; the tombstone stays.",
    "tombstone": (
        "What remains of a document that was withdrawn or disposed of: that it was held, until when, and who "
        "ended it; the ledger's entries about it."
    ),
    "history": "What happened to the archive or to one document, in order, with who did it and why.",
    "export": "To make a copy for use; the bag does not change.",
    "receipt": "A page for the depositor: what was received, with digests.",
}

NOT_USED: Final[Mapping[str, str]] = {
    "item": "document",
    "asset": "document",
    "object": "document; “object” only where PREMIS says so",
    "package": "bag; “wheel” for the program as it is distributed",
    "metadata": "description, bag-info or event, whichever is meant",
    "record": "document; in archival science the record is the document itself (ISO 15489)",
    "hash": "digest; “hash” only for the nodes of the ledger's tree",
    "scan": "audit",
    "log": "ledger",
    "snapshot": "checkpoint",
    "backup": "copy; “backup” only of the signing key",
    "replica": "copy",
    "delete": "withdraw or dispose, whichever is meant",
    "corrupt": "altered or damaged",
    "tampered": "say what does not hold: a digest, a proof, a signature; intent is the auditor's conclusion",
}

STANDARD_TERMS: Final[Mapping[str, str]] = {
    "SIP": "OAIS, Submission Information Package: our submission.",
    "AIP": "OAIS, Archival Information Package: our bag, with its entries in the ledger.",
    "DIP": "OAIS, Dissemination Information Package: what export makes.",
    "Producer": "OAIS: our depositor.",
    "Designated Community": "OAIS: the people for whom the documents must stay understandable.",
    "Content Data Object": "OAIS: our payload.",
    "Representation Information": (
        "OAIS: what one must know to read the bytes; here the format named in PREMIS."
    ),
    "Preservation Description Information": (
        "OAIS: reference, context, provenance, fixity and access rights; here description, events, digests "
        "and dc:rights."
    ),
    "Archival Storage": "OAIS: our archive and its copies.",
    "Data Management": "OAIS: our catalog and index.",
    "base directory": "BagIt: the folder of the bag.",
    "payload manifest": "BagIt: our manifest.",
    "Payload-Oxum": (
        "BagIt: bytes and number of the payload files, written 12263.1; a quick look, never a verdict."
    ),
    "fetch.txt": (
        "BagIt: a list of payload files still to be downloaded; a bag that needs it is not complete."
    ),
    "Bag-Group-Identifier": "BagIt: holds our accession number.",
    "intellectual entity": "PREMIS: what the description is about.",
    "representation": "PREMIS: the files that make up one document, our payload.",
    "file object": "PREMIS: one payload file with its size, digest and format.",
    "fixity check": "PREMIS event: what an audit does to each bag.",
    "message digest calculation": "PREMIS event: working out a digest for the first time.",
    "ingestion": "PREMIS event: our ingest, once for each document.",
    "accessioning": "Archival practice: registering an accession.",
}


def words() -> tuple[str, ...]:
    """Every word that `explain` knows, in the order of the glossary."""
    return (*GLOSSARY, *NOT_USED, *STANDARD_TERMS)


def explain(word: str) -> str | None:
    """The meaning of a word, in any case, singular or plural; None for a word that is not in the glossary.

    For a word that we avoid: the one that we use, with its meaning.
    """
    wanted = " ".join(word.casefold().split())
    for form in dict.fromkeys((wanted, wanted.removesuffix("s"), wanted.removesuffix("ies") + "y")):
        known = _BY_FORM.get(form)
        if known is not None:
            return _meaning(known)
    return None


def _meaning(word: str) -> str:
    if word in GLOSSARY:
        return GLOSSARY[word]
    if word in NOT_USED:
        advice = NOT_USED[word]
        meaning = GLOSSARY.get(advice.partition(";")[0])
        return f"Not used here. Say: {advice}." + (f" {meaning}" if meaning else "")
    return STANDARD_TERMS[word]


_BY_FORM: Final[Mapping[str, str]] = {word.casefold(): word for word in words()}
