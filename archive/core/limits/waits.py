"""How long something is waited for, in seconds; nothing outside can hold a command up for longer."""

from typing import Final

LOCK_WAIT: Final = 600.0
"""seconds that a writer waits for another one, by default

An ingest of a day's scans; `--lock-wait` sets it.

Exit 6, naming the holder.
"""

KEY_LOCK_WAIT: Final = 60.0
"""seconds that a commit waits for another one that signs with the same key

Copies of one archive share a key; it is held while one note is signed and made durable.

Exit 6; nothing is signed.
"""

INTERRUPTED_LOCK_WAIT: Final = 2.0
"""seconds that an interrupted audit or copy waits for another writer, to record what it did

Whoever pressed Ctrl-C does not wait; the results are kept all the same.

`AUDIT-WAITING`, `COPY-NOT-RECORDED`.
"""

AFTER_SIGNAL: Final = 2.0
"""seconds for clearing staging after a signal

SIGTERM ends the command within five seconds.

The next run removes the rest.
"""

UNFINISHED_BAG_AFTER_SIGNAL: Final = 3.0
"""seconds for removing an unfinished bag after a signal

As above; nothing else has to be cleared here.

The next run removes the rest.
"""

INDEX_BUSY: Final = 30.0
"""seconds that the index waits for another program that reads or writes it

A rebuild of a hundred thousand documents commits in pieces of a second.

Readers use the ledger instead; writers go on with a copy of the index, which they put in its place.
"""

VIRUS_CHECK: Final = 600
"""seconds that the command given as --virus-check may take for one file

clamscan loads its signatures for half a minute, and reads 20 MB a second.

`VIRUS-NOT-CHECKED`: the document is refused.
"""

SECOND_OPINION: Final = 600
"""seconds that a second program may take for one bag

`--cross-check-timeout` sets it.

`CROSS-NOT-JUDGED`.
"""

SIGNATURE: Final = 20.0
"""seconds that ssh-keygen or openssl may take for one signature

They take a few milliseconds; a hardware key that is not touched takes forever.

`LEDGER-STATEMENT-UNJUDGED` or `PROOF-STATEMENT-UNJUDGED`, or the statement is not kept.
"""

TIME_STAMPING: Final = 60.0
"""seconds that a time-stamping authority may take to answer

Most take one.

Exit 3; nothing is kept.
"""

NOTIFICATION: Final = 10.0
"""seconds for each way of a notification, looking up names included

An audit does not wait for a mail server.

`NOTIFY-MAIL`, `NOTIFY-WEBHOOK`.
"""

NOTIFICATION_END: Final = 2.0
"""seconds more in which a mail command that hangs is ended

It would be left running, and send later what was said not to be sent.

`NOTIFY-MAIL`.
"""
