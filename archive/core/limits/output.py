"""What is said: findings kept, values quoted, reports. What is left out is counted, and the count is said."""

from typing import Final

from archive.core.limits import KIB, MIB

FINDINGS: Final = 100
"""findings about one description, header, table, profile or comparison

Looking for the nearest term costs 1 ms, suggesting a date 50 µs: without a bound 4 MiB of nonsense would take
minutes, and nobody reads the hundred and first.

`DESC-TOO-MANY`, or a last finding that says how many more there are.
"""

BAG_FINDINGS: Final = 1_000
"""findings of each code and file of a bag

200,000 bogus lines must not become 200,000 findings.

`BAG-FINDINGS-MORE` counts the others; they weigh in the verdict.
"""

BAG_FINDINGS_TEXT: Final = 1 * MIB
"""characters of places and values in the findings of one code and file of a bag

A manifest can list a thousand missing paths of 60,000 characters: a report of 60 MB, and eight times that in
memory. A thousand paths as long as a disk can hold one in a folder fit four times over.

`BAG-FINDINGS-MORE` counts the others.
"""

PREFLIGHT_FINDINGS: Final = 10_000
"""findings of each code that the preflight of a submission tells one by one

A table of a million rows that belongs to other documents must not become a million findings: hundreds of
megabytes of answer, and minutes to make it. Ten thousand are more than anybody mends by hand.

`SRC-FINDINGS-MORE` counts the others; they weigh in the verdict. What a program can mend is told beyond it (a
finding with the corrected value), and of each refused document why.
"""

LEDGER_FINDINGS: Final = 1_000
"""findings of each code about a ledger

A ledger overwritten as a whole has a finding per file. Of each code, so that a thousand strays push nothing
out that says more than they do.

A last finding of that code counts the others.
"""

HIERARCHY_FINDINGS: Final = 1_000
"""findings of each code about what is part of what

One wrong parent in a table of a hundred thousand rows.

The others are not made.
"""

REBUILD_FINDINGS: Final = 100
"""findings of each code of a rebuild or comparison of the catalog

An archive of which every bag is damaged must not fill the memory; the audit names them all. Of each code, so
that those of bags that were refused push none out that says damage.

The others are not kept.
"""

PERIOD_DAMAGE: Final = 10_000
"""damaged documents that a report on a period keeps one by one

An archive whose disk died must not fill the memory.

The others are counted.
"""

PERIOD_ENTRIES: Final = 500
"""entries of each kind that such a report tells one by one

Forty pages.

The counts go on beyond them.
"""

PERIOD_AGENTS: Final = 1_000
"""people and programs whose first entry such a report keeps, to find out their names

An archive has dozens.

The others are told by the digest that stands for them.
"""

PERIOD_ROWS: Final = 200
"""rows of each table of such a report

Ten pages.

A line says how many more there are.
"""

PERIOD_CHANGES: Final = 40
"""changes of the policy that such a report tells

A policy changes once a year.

A line says how many more there are.
"""

PERIOD_VALUE: Final = 120
"""characters of a value of the policy in such a report

A line.

Cut, with an ellipsis.
"""

FORMATS_TOLD_APART: Final = 4_000
"""formats that a report counts each for itself

PRONOM names some 2,500.

The others are counted together.
"""

GROUP_EXAMPLES: Final = 3
"""examples of each group of findings

Enough to see what is meant.

The count says how many there are; `--all` names them.
"""

GROUP_REMEDIES: Final = 12
"""remedies told apart in one kind of finding

Remedies that name a file differ from finding to finding.

The further ones are told as one group.
"""

GROUP_RUNS: Final = 1_000
"""runs of neighbouring rows that are kept of one group of findings

A report names them, and nobody reads the thousand and first.

The count goes on.
"""

GROUP_RUNS_SHOWN: Final = 12
"""runs of rows that a group names in text and on a page

Two lines.

An ellipsis; the JSON report has GROUP_RUNS.
"""

SURVEY_LARGEST: Final = 10
"""largest files and longest paths that a survey names

It is one screen.

The others are counted.
"""

SURVEY_EXAMPLES: Final = 25
"""awkward names, unidentified files and twins that a survey names

It is one screen.

The others are counted.
"""

LEFT_OUT_LISTED: Final = 1_000
"""names left out of a plain bag that are listed one by one

System files are dozens.

The others are counted.
"""

REFUSED_PLACES: Final = 100
"""findings of a repair about places that refuse to be read

A copy whose disk fails refuses every bag that is asked of it; each bag's row says so, too.

The others are not kept.
"""

REFUSAL_FINDINGS: Final = 20
"""findings that come with an error about the ledger that ends a command

They show what is wrong; `archive ledger verify` gives all of them.

The others are left out.
"""

INDEX_ROWS: Final = 20
"""rows of the index that are named where they differ

One cause makes them all differ.

A last finding counts the others.
"""

CIRCLE_MEMBERS: Final = 12
"""members of a circle of parts that are named

A circle of a thousand is seen at twelve.

An ellipsis.
"""

CHECKPOINTS_NAMED: Final = 20
"""checkpoints of a keeper that a proof is held against in words

A keeper brings one or two. A page that was brought may hold a hundred thousand, and each proof would name
them all.

An ellipsis; of one size the further ones that contradict a proof are not named.
"""

MEANT: Final = 5
"""documents that are named where an ending, or a title, fits several

The user chooses another ending.

"and N more", or an ellipsis.
"""

STATUS_DAMAGED: Final = 20
"""damaged documents that the status names

A screen.

"and N more"; `archive audit` names them all.
"""

STATUS_EMBARGOES: Final = 20
"""embargoes that the status names, those that end soon before those that are over

A screen.

"and N more"; `archive list --access embargoed` names them all.
"""

NOTIFIED: Final = 20
"""documents that a notification names by their references

A mail is read on a telephone.

"and N more".
"""

QUOTED: Final = 80
"""characters of a value that a message repeats

A line of a terminal.

Cut, with an ellipsis; the place says where the whole value stands.
"""

QUOTED_PROFILE_VALUE: Final = 200
"""characters of a value, and of a profile's own words, that a finding about a profile repeats

A profile's rule is explained in a sentence or two.

Cut.
"""

QUOTED_CHOICES: Final = 10
"""accepted values that a finding repeats

A list of languages has hundreds.

"or one of N more".
"""

NAMED_IN_A_NOTE: Final = 5
"""rows, columns, ranges or sheets that a note about a table names, and files of a held bag

Enough to find the first of them.

An ellipsis.
"""

OPINION_BYTES: Final = 8 * MIB
"""bytes that a second program may say of one bag

A thousand details of 2,000 characters, each byte escaped.

The program is ended; `CROSS-NOT-JUDGED`.
"""

OPINION_ERRORS_BYTES: Final = 64 * KIB
"""bytes of a second program's error output that are kept

The last words are told.

The rest is read and dropped.
"""

VIRUS_CHECK_BYTES: Final = 64 * KIB
"""bytes that are read of what a virus scanner wrote, from the end of either output

The last line is told; a scanner may list every member of every archive.

The beginning is not read.
"""

OPINION_WORDS: Final = 2_000
"""characters of its last words that are told

A screen.

Cut.
"""

OPINION_MEMORY_BYTES: Final = 2048 * MIB
"""bytes of memory that a second program may take

bagit holds a dictionary per manifest line: a million lines take about 1 GiB.

The program is ended; `CROSS-NOT-JUDGED`.
"""
