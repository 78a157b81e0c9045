"""Codes about what is offered for ingest: sources, pairs, checksums, identity."""

from collections.abc import Mapping
from typing import Final

from archive.core.finding_codes.model import FindingCode, error, note, warning

PAIRING: Final[Mapping[str, FindingCode]] = {
    "PAIR-AMBIGUOUS": error(
        "A description fits more than one document, or a sidecar says that it describes another one.",
        "Name the sidecar after the whole file name, or ingest the folders one by one.",
    ),
    "PAIR-BY-IDENTIFIER": note(
        "A record names no file; the one whose name its identifier is was taken.",
        "Look whether it is the one that is meant; an element “filename” says it without doubt.",
    ),
    "PAIR-DIFFERS": warning(
        "A document is described twice, and the two differ; the table was used.", "Keep one of the two."
    ),
    "PAIR-EXCLUDED": note(
        "A row describes what is left out with --exclude; it was not used.",
        "Look whether the pattern means what it should.",
    ),
    "PAIR-FOLDER": note(
        "A row describes a folder, and other rows describe what is in it; it says what they do not.",
        "Look whether what it says is true of each of them.",
    ),
    "PAIR-IN-BAG": error(
        "A description names a file inside a bag, and a bag is one document.",
        "Describe the bag under its folder's name, or ingest its folder data to take its files one by one.",
    ),
    "PAIR-KEPT-UNREAD": warning(
        "A description lies in a folder that is one document: it is a file of that, and not read.",
        "State in the description of the folder what it says, also of access, or take the row away.",
    ),
    "PAIR-NO-DOCUMENT": error(
        "A description names a document that is not there.",
        "Bring the document, or leave the description out.",
    ),
    "PAIR-NO-NAME": error(
        "One description names no file, and there are several sources.", "Write the file's name into it."
    ),
    "PAIR-NORMALISED": note(
        "A name is written in another Unicode form than the file's; they were matched.",
        "Nothing has to be done.",
    ),
    "PAIR-REFERENCE": error("Two documents declare one reference.", "Give each document its own."),
    "PAIR-STRANGE-TABLE": error(
        "None of the first rows of a table names anything that was brought; it was not read on.",
        "Give the table that belongs to these documents.",
    ),
    "PAIR-TABLE-KEPT": warning(
        "A SOURCE has the name of a table of descriptions, and was taken as a document.",
        "If it describes the others, give it as the table of these documents.",
    ),
    "PAIR-TWICE": error("A document is described twice.", "Keep one description of each document."),
    "PAIR-UNDESCRIBED": error(
        "A document has no description.", "Describe it, or add --describe-later to secure it now."
    ),
}

SOURCES: Final[Mapping[str, FindingCode]] = {
    "SRC-BAG-APART": warning(
        "A bag whose bagit.txt is excluded: its files were taken one by one, and nobody judged it.",
        "Leave --exclude bagit.txt away to take the bag as one document.",
    ),
    "SRC-BAG-CHANGED": error(
        "A bag is not what it was when it was verified.", "Ingest it again when nobody writes to it."
    ),
    "SRC-BAG-INSIDE": warning(
        "A bag lies inside a folder that is ingested; its files were taken one by one.",
        "Name the bag itself as a SOURCE to take it as one document.",
    ),
    "SRC-BAG-REFUSED": error(
        "A bag was offered that is not valid; nothing of it was taken in.",
        "Ask the depositor for a valid bag.",
    ),
    "SRC-BAG-UNDECLARED": warning(
        "A folder looks like a bag that has lost its bagit.txt; its files were taken one by one.",
        "See what archive verify says of it, and ask for the bag with its bagit.txt.",
    ),
    "SRC-CHANGED": error(
        "A file was written to while it was read, twice.", "Ingest it again when nobody writes to it."
    ),
    "SRC-DEPTH": error("Folders are nested too deeply to be followed.", "Move the inner folders up."),
    "SRC-EXCLUDES-NOTHING": warning(
        "A pattern of --exclude is the name of nothing that was brought, bags aside.",
        "See how the name is written: what should have stayed out may have been taken in.",
    ),
    "SRC-FINDINGS-MORE": note(
        "A submission gave more findings of one kind than are listed.",
        "Mend those that are listed, then look again.",
    ),
    "SRC-LINK": error(
        "A link stands where a document should; links are not followed.", "Put the file itself there."
    ),
    "SRC-NO-ROOM": error(
        "What is to be ingested is larger than the room that is free where the archive lies.",
        "Make room, ingest in parts that fit, or leave files out.",
    ),
    "SRC-PATH": error(
        "The path of a file within its document is too long to be stored.",
        "Move the inner folders up, or shorten their names.",
    ),
    "SRC-SPECIAL": error("Something is neither a file nor a folder; it was not opened.", "Leave it out."),
    "SRC-TOO-LARGE": error("A sidecar is too large to be a description.", "Shorten it, or leave it out."),
    "SRC-TOO-MANY-FILES": error(
        "A document has more files, or more to say of them, than its bag could be read back with.",
        "Ingest it as several documents, each a part of the whole.",
    ),
    "SRC-UNREADABLE": error(
        "A source could not be read; nothing is known about it.",
        "Mend the permission or the medium, then again.",
    ),
}

CHECKSUMS: Final[Mapping[str, FindingCode]] = {
    "SUM-CONTRADICTION": error(
        "Two checksums of the depositor for one file contradict each other.", "Ask which one is right."
    ),
    "SUM-DESCRIPTION": warning(
        "A description or a list that came with the documents is not what the depositor's checksum says.",
        "Nothing has to be done where it was mended since; else ask the depositor for it again.",
    ),
    "SUM-MALFORMED": error(
        "A line of a checksum file is not a checksum and a path.", "Make the list anew, or remove the line."
    ),
    "SUM-MISMATCH": error(
        "A file is not what the depositor's checksum says.", "Ask the depositor for the file again."
    ),
    "SUM-NO-FILE": error(
        "The depositor lists a file that is not in the submission.", "Ask for the file, or mend the list."
    ),
    "SUM-NOT-COMPARED": note(
        "The depositor's checksums were not compared with the files: a check or a dry run read none.",
        "Check again without --no-checksums, or with --dry-run --read; an ingest compares them in any case.",
    ),
    "SUM-NOT-USED": warning(
        "A document looks like a list of checksums, and its name is none that such a list has.",
        "If it is one, call it checksums.txt, SHA256SUMS, manifest-sha256.txt or FILE.sha256.",
    ),
    "SUM-SEVERAL": warning(
        "A checksum stands in a row that names several files; it was not used.",
        "State it in a checksum file.",
    ),
    "SUM-SIZE": error(
        "A file is not of the size that the depositor states.", "Ask the depositor for the file again."
    ),
}

IDENTITY: Final[Mapping[str, FindingCode]] = {
    "DUP-DAMAGED": warning(
        "The same bytes are held, and an audit found those damaged or missing.",
        "Keep what was brought: archive repair ID --from it puts the held document right.",
    ),
    "DUP-OTHER-FORM": warning(
        "The same bytes are held under the same name, written in another Unicode form.",
        "Look whether it is the same document; --duplicates leave-out does not take it a second time.",
    ),
    "DUP-REFUSED": error(
        "The same bytes are held already, and duplicates were to stop the ingest.",
        "Choose --duplicates keep or --duplicates leave-out.",
    ),
    "DUP-TWIN": note(
        "The same bytes are held under another name; both are kept and linked.", "Nothing has to be done."
    ),
    "REF-CHARACTERS": error(
        "A reference holds characters that nobody can see, such as a line feed.",
        "Write it in characters that can be seen and typed.",
    ),
    "REF-CONFLICT": error(
        "A reference is held with other bytes.",
        "Give the new document its own, or withdraw the held one first.",
    ),
    "REF-WITHDRAWN": error(
        "The document was held and withdrawn, or one of the very same bytes was disposed of.",
        "Give it a reference of its own if it is to be held again.",
    ),
}

VIRUSES: Final[Mapping[str, FindingCode]] = {
    "VIRUS-FOUND": error("The virus check refuses a file.", "Ask the depositor; nothing of it was ingested."),
    "VIRUS-NOT-CHECKED": error(
        "The virus check could not look, or altered what it looked at; neither is taken for clean.",
        "Mend the command, then ingest again.",
    ),
    "VIRUS-NOT-RUN": note(
        "A dry run gave no file to the virus check.",
        "Nothing has to be done: an ingest runs it on every file.",
    ),
}

SAF: Final[Mapping[str, FindingCode]] = {
    "SAF-MISSING": error(
        "The file contents of a DSpace folder lists a file that is not there.",
        "Bring the file, or take its line out of contents.",
    ),
    "SAF-PERMISSIONS": warning(
        "The file contents of a DSpace folder says who may read a file; that states no access.",
        "State it: a column or key access, or later archive describe ID --set access=restricted.",
    ),
    "SAF-READ": note(
        "Folders were read as DSpace's Simple Archive Format, each as one document.",
        "Nothing has to be done.",
    ),
    "SAF-REGISTERED": error(
        "The file contents of a DSpace folder names a file that lies elsewhere.",
        "Export them from DSpace with their files.",
    ),
    "SAF-UNLISTED": warning(
        "A file of a DSpace folder is not in its file contents; it is kept with the others.",
        "Look whether it belongs to the document.",
    ),
}
