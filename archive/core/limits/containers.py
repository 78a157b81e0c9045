"""Containers: tars and zips. A file of one megabyte must not cost an hour or all memory."""

from typing import Final

from archive.core.limits import GIB, KIB, MIB

MEMBERS: Final = 1_000_000
"""members of a container

As many as a manifest may have lines.

`SER-BUDGET-MEMBERS`: unverifiable; nothing was read of the members.
"""

MEMORY_PER_MEMBER: Final = 134
"""bytes of memory for the names of members and folders, for each member allowed

Names of sixty characters with what is kept about each.

`SER-BUDGET-MEMBERS`, as if there were too many members.
"""

EXPANDED_BYTES: Final = 4096 * GIB
"""bytes that a compressed container may expand to

Reading this much takes hours, which somebody should have asked for: `--max-expanded` raises it.

`SER-BUDGET-BYTES`: unverifiable; reading stops.
"""

EXPANSION_RATIO: Final = 200
"""expanded bytes for each byte of the container, beyond FREE_EXPANSION_BYTES

Texts and tables stay far below; blank images and zeroed disks reach deflate's own limit of 1,032 and more,
and are to be asked for with `--max-expanded`.

`SER-BUDGET-BYTES`: unverifiable; reading stops.
"""

FREE_EXPANSION_BYTES: Final = 64 * MIB
"""bytes that any container may expand to, however small it is

Read in a second; a small bag of blank pages is not stopped for its ratio.

Beyond it EXPANSION_RATIO counts.
"""

PADDING_BYTES: Final = 64 * MIB
"""zero bytes behind a tar that fill a tape's record

A hole of a terabyte would take minutes to read.

`SER-AFTER-END`: what follows counts as something behind the end.
"""

DECOMPRESSOR_BYTES: Final = 128 * MIB
"""bytes of memory that an xz or LZMA decompressor may take

`xz -9` needs 65 MiB; more is a matter of `--lzma2=dict=`.

`SER-COMPRESSION-MEMORY`: unverifiable.
"""

ZSTD_WINDOW_BYTES: Final = 128 * MIB
"""bytes of the window of zstd data

What the zstd command itself accepts without `--long`.

`SER-COMPRESSION-MEMORY`: unverifiable.
"""

EXTENDED_HEADER_BYTES: Final = 1 * MIB
"""bytes of one extended header or long name of a tar

Extended attributes fill them; Linux allows 64 KiB each.

`SER-HEADER-SYNTAX`: the container is refused whole.
"""

EXTENDED_RECORDS: Final = 100_000
"""records in the extended headers of a tar, beyond EXTENDED_RECORDS_OF_A_MEMBER for each member

Half a microsecond each, and each pass over the tar reads them: a gzip of 60 KB can hold ten million.

`SER-BUDGET-MEMBERS`: unverifiable; nothing was read of the members.
"""

EXTENDED_RECORDS_OF_A_MEMBER: Final = 64
"""records in the extended headers of a tar, for each member so far

Times, owner, long names and a few extended attributes are a dozen.

Beyond it EXTENDED_RECORDS counts.
"""

ZIP_COMMENT_BYTES: Final = 64 * KIB - 1
"""bytes of the comment of a zip, and so how far from its end the end record is looked for

What its field of two bytes can say (APPNOTE.TXT §4.4.12).

`SER-KIND` or `SER-TRUNCATED`: no end record is found.
"""

MEMBER_PATH_BYTES: Final = 4096
"""bytes of a member's name, with the final NUL

Linux's PATH_MAX, so that every member can be a file.

`SER-NAME-LONG`: the container is refused whole.
"""

MEMBER_COMPONENT_BYTES: Final = 255
"""bytes of one part of a member's name

What every file system of today stops at.

`SER-NAME-LONG`: the container is refused whole.
"""

KEPT_TAG_BYTES: Final = 16 * MIB
"""bytes of tag files of a compressed tar that are kept while names are read

Most bags then need no pass of their own for them.

The tar is expanded once more.
"""

SALVAGED_HEADERS: Final = 1_000
"""damaged headers of a tar behind which a restore or a repair looks for files

A tar that is rotten in so many places has little left between them. For each up to 512 sizes are tried.

What lies behind the further ones is not found; the tar itself stays as it is.
"""

SALVAGED_PASSES: Final = 4
"""times that the bytes between two good headers of a damaged tar are read, to try where a file in them ends

One damaged header needs one or two: the next header tells the end, and its own field of size may.

Only the nearest end is tried for what is left.
"""

SALVAGED_ZEROS: Final = 4096
"""zero bytes at the end of a damaged tar that may belong to its last file, if no header says its size

Padding and end mark of a tar of ours are at most 1,535. Each number of them has a digest of its own.

A file with more zeros at its end is not found.
"""
