"""Evidence: entries, tiles, notes, proofs, packs, keys, and marks from outside."""

from typing import Final

from archive.core.limits import GIB, KIB, MIB

ENTRY_BYTES: Final = 65_535
"""bytes of an entry of the ledger

What C2SP tlog-tiles can say in two bytes.

`LEDGER-ENTRY-MALFORMED`, or the bundle is torn (`LEDGER-BUNDLE-TORN`).
"""

OWN_ENTRY_BYTES: Final = 2048
"""bytes below which an entry of ours stays

An entry holds digests, ids and numbers: no text.

A defect of this program (exit 70); the entry is not written.
"""

ENTRY_NUMBER: Final = (1 << 63) - 1
"""largest number in an entry of a type that is known

What a table of SQLite holds.

`LEDGER-ENTRY-MALFORMED`
"""

ENTRY_ID_CHARACTERS: Final = 64
"""characters of the id of a bag or run in an entry

Ids are UUIDs of 36.

`LEDGER-ENTRY-MALFORMED`
"""

INCIDENTS_OF_AN_ENTRY: Final = 24
"""incidents that one entry names

32 characters each, and the entry stays below OWN_ENTRY_BYTES.

They are divided among several entries.
"""

BUNDLE_BYTES: Final = 256 * (2 + ENTRY_BYTES)
"""bytes of a bundle of entries

256 entries of ENTRY_BYTES with their lengths (C2SP tlog-tiles).

`LEDGER-BUNDLE-TORN`: the bundle is not believed.
"""

TILE_LEVEL: Final = 63
"""highest level of a tile

A tree of 2⁶³ entries has fewer (C2SP tlog-tiles).

`LEDGER-UNKNOWN-FILE`.
"""

PATH_HASHES: Final = 63
"""hashes of an inclusion or consistency proof

2⁶³ entries need no more.

`PROOF-UNREADABLE`, or the extension is refused.
"""

NOTE_BYTES: Final = 256 * KIB
"""bytes of a signed note (checkpoint, cosigned checkpoint)

The specification asks for at least 16 signatures, post-quantum ones of nearly 5 kB among them.

The note is refused: `LEDGER-CHECKPOINT-ALTERED`, or the file brought is no checkpoint (exit 2).
"""

NOTE_SIGNATURES: Final = 64
"""signatures of a signed note

Four times what the specification asks for.

The note is refused, as above.
"""

PROOF_BYTES: Final = NOTE_BYTES + 4 * (ENTRY_BYTES // 3 + 1) + PATH_HASHES * 45 + 128
"""bytes of a proof

The longest first part: an entry of ENTRY_BYTES in base64, an index, and PATH_HASHES hashes.

`PROOF-UNREADABLE`.
"""

EXTENSION_BYTES: Final = NOTE_BYTES + 64 * 45 + 32
"""bytes of a request to a witness

A checkpoint, PATH_HASHES hashes in base64, and a size.

The request is refused (exit 2).
"""

NOTE_TEXT_BYTES: Final = 1 * MIB + 64 * KIB
"""bytes of the text of an event that stands in notes/

archive.toml, of which each change is kept, and who gave a reason with the reason: a page or two.

Wrong use (exit 2); nothing is written.
"""

NOTE_FILE_BYTES: Final = 6 * NOTE_TEXT_BYTES + 1024
"""bytes of a file in notes/

JSON may spell a byte of text with six characters.

`NOTE-ALTERED`: the file is not read.
"""

STATEMENT_BYTES: Final = 64 * KIB
"""bytes of an auditor's statement

A page or two.

The statement is refused; a kept one is `LEDGER-STATEMENT-ALTERED`.
"""

STATEMENT_SIGNATURE_BYTES: Final = 64 * KIB
"""bytes of the signature of a statement

ssh-keygen and openssl write below 10 kB.

The signature is refused; a kept one is `LEDGER-STATEMENT-ALTERED`.
"""

SIGNERS_BYTES: Final = 1 * MIB
"""bytes of a file of public keys of auditors

Ten thousand keys.

No keys are taken from it (exit 2).
"""

TOKEN_BYTES: Final = 256 * KIB
"""bytes of a time-stamp: the request or the answer of an authority

Real ones have 2 to 10 kB.

The answer is refused (exit 3); a kept one is `LEDGER-TIMESTAMP-ALTERED`.
"""

TOKEN_CERTIFICATES: Final = 64
"""certificates in a time-stamp

Chains have three or four.

The time-stamp is refused.
"""

WITNESS_STATE_BYTES: Final = 16 * MIB
"""bytes of what a witness remembers

Fifty thousand archives.

The state counts as damaged, and the witness cosigns nothing (exit 2).
"""

KEY_BYTES: Final = 16 * KIB
"""bytes of a file of a key

An encrypted Ed25519 key in PEM has 400 bytes.

It is no key (exit 2).
"""

KEY_BACKUP_BYTES: Final = 64 * KIB
"""bytes of a backup of a key

A page to be printed has 2 KiB.

It is no backup (exit 2).
"""

KEY_STATE_BYTES: Final = 4096
"""bytes of what stands beside a key: its last signed state, an unfinished change

A few lines.

It counts as damaged, and nothing is signed (exit 2).
"""

PASSPHRASE_BYTES: Final = 4096
"""bytes of a file of a passphrase

Its first line counts.

No passphrase is taken from it (exit 2).
"""

PAGE_BYTES: Final = 64 * MIB
"""bytes of a proof, receipt or page that is brought to be checked

A receipt for some thirty thousand documents.

It is refused (exit 2).
"""

REPORT_BYTES: Final = 64 * MIB
"""bytes of an audit's report that a statement is made of

An audit that found a hundred thousand things.

It is refused (exit 2).
"""

PACK_BYTES: Final = 16 * GIB
"""bytes that the members of a pack of evidence state

Some 20 million entries.

It is no pack (exit 2); nothing is unpacked.
"""

PACK_MEMBERS: Final = 500_000
"""members of a pack of evidence

Some 20 million entries in tiles and bundles, and what lies beside them.

It is no pack (exit 2); nothing is unpacked.
"""

PACK_CONTENTS_BYTES: Final = 128 * MIB
"""bytes of the list of members of a pack

PACK_MEMBERS lines.

It is no pack (exit 2); nothing is unpacked.
"""

PACK_DIRECTORY_BYTES: Final = 128 * MIB
"""bytes of the directory of the zip that a pack is

PACK_MEMBERS entries with the longest names that a pack has take 65 MiB.

It is no pack (exit 2); nothing is unpacked.
"""
