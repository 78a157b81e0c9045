"""Bags: manifests, tag files, profiles and folders, ours or not."""

from typing import Final

from archive.core.limits import KIB, MIB

MAX_SOURCE_DEPTH: Final = 240
"""folders below each other in what is ingested or bagged

Each costs a descriptor while it is open, and 1,024 are usual. Fewer than MAX_DEPTH, so that a bag of such a
source, in a folder or a container, can always be read again.

`SRC-DEPTH`: the document is refused, and named.
"""

SOURCE_PATH_BYTES: Final = 3 * KIB
"""bytes of a file's path within a document of several files, or within a bag, that is ingested

Linux opens paths of 4,095 bytes; the rest is room for the place where the archive or a copy lies. The path of
a document of one file is not kept in folders, and has no such bound.

`SRC-PATH`: the document is refused, and named.
"""

MAX_DEPTH: Final = 256
"""folders below each other in a bag, held or not, in a folder or a container

Each costs a descriptor while it is open.

What is deeper is unreadable (`BAG-FILE-UNREADABLE`, `FIX-UNREADABLE`); in a container `SER-DEPTH`.
"""

DECLARATION_BYTES: Final = 64 * KIB
"""bytes of bagit.txt

It has two short lines.

`BAG-DECLARATION-SIZE`: the bag is invalid; nothing behind that is read, unless the finding is tolerated.
"""

LINE_CHARACTERS: Final = 64 * KIB
"""characters of a line of a manifest, a tag file or fetch.txt

Four times the longest path that Linux opens, percent-encoded. RFC 8493 sets none.

`BAG-LINE-LONG`, in fetch.txt `BAG-FETCH-SYNTAX`: the bag is invalid. Our own writer folds values and refuses
paths (`SRC-NAME`) before they come to this.
"""

ENDLESS_LINE: Final = 64 * MIB
"""characters of one line of a manifest or fetch.txt, after which the file is not read on

A hole of a terabyte is one line; nothing behind a line of more than LINE_CHARACTERS makes the bag valid.

`BAG-READING-STOPPED`: the bag is invalid.
"""

LONGEST_PATH: Final = LINE_CHARACTERS - 130
"""characters of a path, percent-encoded, in a manifest that is written

A manifest line has the digest (128 at most) and two spaces before it.

`SRC-NAME`: nothing is written.
"""

LONGEST_WORD: Final = 16 * KIB
"""characters without a space in a value of a tag file that is written, and characters of a label

64 KiB in the worst case of UTF-8. Values are folded at spaces; what has none is cut into pieces.

A value is folded inside the word; a label is refused.
"""

USELESS_LINES: Final = 100_000
"""lines of a manifest or fetch.txt that say nothing

A file of 200,000 bogus lines must not take a minute.

`BAG-READING-STOPPED`: the file is not read on; the bag is invalid.
"""

TAG_LINES: Final = 400_000
"""lines of a tag file

A tag file is a page or two; memory stays below 200 MiB.

`BAG-READING-STOPPED`: the file is not read on; the bag is invalid.
"""

TAG_FILE_BYTES: Final = 8 * MIB
"""bytes of a tag file of labels and values in a bag that is judged

A tag file is a page or two; this is room for 100,000 lines.

`BAG-TAG-SIZE`: the file is not read; its digest is taken only where that finding is tolerated.
"""

HELD_TAG_FILE_BYTES: Final = 256 * MIB
"""bytes of a file that is read whole from a held bag

The PREMIS of a document of 60,000 files, which has 3 to 4 KiB for each.

`SRC-TOO-MANY-FILES`: a document whose tag files would be larger is not ingested. In a bag such a file is
`FIX-SIZE`, damage that is not read to its end. What a depositor wrote beside the payload may be larger: what
is made of it is left out, and an audit takes its digest.
"""

MANIFESTS: Final = 48
"""manifests of one bag

Twice the algorithms that there are, for payload and tags.

`BAG-MANIFEST-MANY`: the further ones are not read; the bag is invalid.
"""

HELD_MANIFEST_BYTES: Final = 256 * MIB
"""bytes of a manifest of a held bag that are held in memory

Over a million files; anything larger is no manifest of ours.

The bag is damaged, for its manifest cannot be ours; the file is not read.
"""

EXTRA_ENTRIES: Final = 1_000
"""files beyond those recorded, after which a held bag is not walked on

Somebody who lays a million files into a bag must not stop the audit of the others.

`FIX-UNLISTED`: "far more files than are recorded"; what the bag should hold is looked for by name.
"""

READ_AHEAD_DEPTH: Final = 4
"""folders below a bag's own that an audit asks the disk for beforehand

data/, metadata/ and what a document's own folders add.

What lies deeper is read when its turn comes.
"""

NEAR_FOLDERS: Final = 3
"""folders deep that a folder which is no bag is searched for bags, to answer its user

A disk of a million folders must not be walked for a hint.

The hint is left out.
"""

ADDED_TAGS_BYTES: Final = 1 * MIB
"""bytes of a file of tags given to `archive bag`

A tag file is a page or two.

The command is refused as wrong use (exit 2).
"""

TAG_JOURNAL_BYTES: Final = 1 * MIB
"""bytes of the journal of an interrupted change to the tag files of a bag

It names as many files as a bag has tag files: a dozen.

The journal counts as damaged, and the command says so and touches nothing.
"""

PROFILE_BYTES: Final = 1 * MIB
"""bytes of a BagIt profile or a profile of descriptions

The largest published one is below 100 KiB; everything in it is looked at again for every bag or document.

`PRO-PROFILE-SIZE`, or the command is refused as wrong configuration (exit 2).
"""

PROFILE_PATTERNS: Final = 256
"""patterns in one list of a BagIt profile

Each is tried on every path of a bag that no name allows.

`PRO-PROFILE-SIZE`: the profile is refused.
"""

PROFILE_ENTRIES: Final = 10_000
"""entries of one list of a BagIt profile

PROFILE_BYTES could hold half a million.

`PRO-PROFILE-SIZE`: the profile is refused.
"""

PROFILE_ENTRY_CHARACTERS: Final = 4096
"""characters of one entry of such a list

The longest path that Linux opens.

`PRO-PROFILE-TYPE`: the profile is refused.
"""

PROFILES_KEPT: Final = 1_000
"""BagIt profiles in the user's folder of profiles

Each is parsed before the first bag that names a profile.

The later ones, in the order of their names, are not registered.
"""

PROFILES_OF_A_BAG: Final = 20
"""profiles that one bag declares and that are looked up

Bags declare one or two.

The further ones are not judged.
"""

DESCRIPTION_PROFILES: Final = 200
"""profiles of descriptions in an archive's folder of them

An archive has one for each kind of document: a handful.

The later ones, in the order of their names, are not found.
"""

PROFILE_RULES: Final = 100_000
"""rules of a profile of descriptions once every reference inside it is followed

Ours have some dozens; each is looked at for every description, and thirty references to two others each would
be a billion.

The profile is refused (`PROFILE-FILE`).
"""

PROFILE_LEVELS: Final = 256
"""levels of such a profile, where its references lead

Eight times what may be nested in the file itself.

The profile is refused (`PROFILE-FILE`).
"""

PROFILE_ROWS: Final = 2_000
"""rows of a profile of descriptions that is a table

Each of the Dublin Core terms many times over.

`TAP-SYNTAX`: the profile is refused.
"""

PROFILE_CELL: Final = 20_000
"""characters of a cell of such a table

A list of a thousand accepted values.

`TAP-SYNTAX`: the profile is refused.
"""

PROFILE_PATTERN_CHARACTERS: Final = 1_000
"""characters of a regular expression in a profile of descriptions

A longer one is no rule that people could check.

The profile is refused (`PROFILE-FILE`).
"""

PROFILE_PATTERN_POSITIONS: Final = 2_500
"""characters that a regular expression in a profile of descriptions stands for, its counts written out

Each character of a text is matched against all of them: at worst 60 ns each, which makes 20 s
of the longest cell of a table, 5 s of 30,000 characters and nothing of a title. `.{1,2000}` is 2,000.

`TAP-VALUE` at the cell, in a JSON Schema `PROFILE-FILE`: the profile is refused.
"""
