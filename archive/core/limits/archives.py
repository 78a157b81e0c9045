"""An archive's own files, read back: somebody else may have written to them since."""

from typing import Final

from archive.core.limits import GIB, KIB, MIB

SETTINGS_BYTES: Final = 1 * MIB
"""bytes of archive.toml, here and on a copy

People write it, a few KiB.

It is not read (exit 2); on a copy it is not compared (`COPY-SETTINGS`).
"""

SETTINGS_KEY_LEVELS: Final = 200
"""names of a dotted key in `archive.toml`

Ours have three; each more costs the reader of TOML the square of them in memory.

The settings are refused.
"""

INTENT_BYTES: Final = 64 * KIB
"""bytes of what says which command a crash ended

Ours has less than 1 KiB.

It is taken for a folder of no command.
"""

INTENDED_LINE_BYTES: Final = 4 * KIB
"""bytes of what says of one bag that it is about to be published

An id, a number and two digests, below 500 bytes.

The list ends there, as one that a crash tore.
"""

ROOM_OF_A_BAG: Final = 4 * KIB
"""bytes of room that an ingest asks for beside the payload of each document

The tag files of the shortest description have more, and each takes whole blocks of most disks: it is less
than a bag takes, so that nothing is refused that would fit.

`SRC-NO-ROOM` (exit 3) where payloads, this and ROOM_OF_A_RUN are more than is free: nothing is written.
"""

ROOM_OF_A_RUN: Final = 32 * KIB
"""bytes of room that an ingest asks for once

Ledger, index, catalog and the run's manifest are made anew beside the old ones; less than any run takes, for
the same reason.

`SRC-NO-ROOM` (exit 3), as with ROOM_OF_A_BAG. What it does not foresee, a quota or somebody else's writing,
ends the run while it stages, and what was staged is removed.
"""

MARKER_BYTES: Final = 64 * KIB
"""bytes of the marker of a copy

Ours has less than 2 KiB; whoever adds members to it has room.

It is no marker (exit 2).
"""

LOCK_LABEL_BYTES: Final = 4096
"""bytes of what the holder of the lock says of itself

A line.

The rest is not read; who holds the lock is then not named.
"""

RUN_MANIFEST_BYTES: Final = 1 * GIB
"""bytes of a run's manifest that is packed, copied or put back in one piece

Some two million documents of one run.

It is left out of a pack, which says so (`PACK-LEFT-OUT`), and put back by hand.
"""

RUN_MANIFEST_READ: Final = 16 * GIB
"""bytes of a run's manifest that are read to verify it

Some thirty million documents of one run.

What is larger, a file with a hole in it perhaps, is an altered one.
"""

RUN_TAIL_BYTES: Final = 1 * MIB
"""bytes at the end of a run's manifest in which its facts are looked for

The last line names sources, each below 4 KiB; 64 KiB where only names are asked for.

The facts are not found, and not told.
"""

RUN_FACTS_BYTES: Final = 64 * KIB
"""bytes at the end of a run's manifest, or of the catalog, in which agent, checkpoint and counts stand

More than these facts can take.

They are not found: names are left out, the catalog is altered.
"""

RESTORED_FILE_BYTES: Final = 64 * MIB
"""bytes of a time-stamp, a statement, a plan or a note that is brought back from a copy

They have a few KiB each.

The file is not taken from that copy, and named as lacking.
"""

README_BYTES: Final = 1 * MIB
"""bytes of README.html that are compared with what it should be

Ours has a few KiB.

`CATALOG-DERIVED-ALTERED`.
"""

CATALOG_LINE_BYTES: Final = 64 * KIB
"""bytes of a line of the catalog that are compared

An entry has below 10 KiB.

The line is told as different.
"""

RESULTS_LIST_BYTES: Final = 256 * MIB
"""bytes of the list of an audit's results

About 1.5 million chunks of up to 256 bags.

`AUDIT-RESULTS-UNREADABLE`.
"""

RESULTS_CHUNK_BYTES: Final = 64 * MIB
"""bytes of one compressed file of results that goes into a pack

256 bags with a thousand findings each.

The results of that audit are left out of the pack, which says so.
"""

RESULTS_FILE_BYTES: Final = 4 * GIB
"""bytes of one compressed file of results

256 bags of RESULTS_LINE_BYTES each, not compressed at all.

`AUDIT-RESULTS`: it is altered, and not read.
"""

RESULTS_LINE_BYTES: Final = 16 * MIB
"""bytes of the results of one bag, and of an audit's plan

FILES_NAMED findings of one bag, of a kilobyte each, many times over.

`AUDIT-RESULTS`: the line is broken.
"""

GROWN_PAYLOAD_BYTES: Final = 1 * MIB
"""bytes that a payload file may have, beside twice what its bag promises, to come back altered in a restore

Somebody who saves a text again, or a program that writes on, adds less. A hole of a terabyte would fill
the disk.

`FIX-MISSING`: the file is left out of the bag as it comes back; the copy keeps it.
"""

WAITING_BYTES: Final = 1 * MIB
"""bytes of what says that a run waits to be recorded

A few lines.

`AUDIT-WAITING-ALTERED`.
"""

REPAIR_RECORD_BYTES: Final = 256 * MIB
"""bytes of the record of a repair

A bag of a million damaged files.

`QUARANTINE-RECORD`: it is not believed.
"""

LITTER_BYTES: Final = 64 * MIB
"""bytes of a file that desktop programs left behind and `archive tidy` reads, to keep its digest

Folder settings have a few KiB, a cache of thumbnails some MiB.

It is set aside all the same, and the record of it has no digest.
"""

SECRET_BYTES: Final = 64 * KIB
"""bytes of a file with the password or token of a notification

A line.

`NOTIFY-MAIL`, `NOTIFY-WEBHOOK`: nothing is sent.
"""

NAMES_TRIED: Final = 32
"""stored names that a repair tries for a lost manifest of one file

Its digest is known, its name may be.

The manifest is not made anew from names.
"""
