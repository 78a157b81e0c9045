"""Text on a terminal: lists end where a screen does. Programs read `--format json`, which is never cut."""

from typing import Final

TEXT_DOCUMENTS: Final = 24
"""documents, and files left out, that a command names one by one in text

A screen; `-v` or `--all` names all, `--format json` always does.

"… and N more".
"""

TEXT_FINDINGS: Final = 40
"""findings, bags and corrections that a command names in text

Two screens; `-v` or `--all` names all, `--format json` always does.

"… and N more".
"""

TEXT_INCIDENTS: Final = 60
"""incidents that `archive incidents` names in text

Three screens; `-v` names all, `--format json` always does.

"… and N more".
"""

TEXT_FILES: Final = 20
"""files of one document, entries or remarks that a command names in text

A screen; `-v` names all, `--format json` always does.

"… and N more".
"""

TEXT_BAG_FILES: Final = 12
"""files of each bag that `archive repair` names in text

Forty bags may be named beside each other; `-v` names all.

"… and N more".
"""

TEXT_EVENTS: Final = 5
"""events that `archive show` tells in text

The last ones; `-v` or `archive history` tells all.

A line says how many there are.
"""

TEXT_VALUE: Final = 200
"""characters of a value that `archive describe` shows

Two lines and a half.

Cut, with an ellipsis; `--format json` has it whole.
"""

TREE_LEVELS: Final = 24
"""levels of `archive list --tree` that are indented

Beyond them a line would begin beyond the middle of the terminal.

Further levels stand below each other.
"""

SUGGESTIONS: Final = 4
"""words that are suggested where a word is not known

A line.

The others are left out.
"""
