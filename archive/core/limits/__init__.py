"""The bounds that keep memory, time and output finite, whatever comes from outside; a module per subject.

What stands here is met by input: beyond it something is refused, cut, counted or no longer waited for, and
the answer says so. Sizes of buffers, batches and pieces are no bounds: no input is answered differently for
them, and they stand where they are used, as do facts of a format (a digest has 64 bytes).

Below each bound a text of three parts: what is counted and in which unit, why it is so much, and what happens
when it is met. docs/limits.md is made of these texts.
"""

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB
GIB: Final = 1024 * MIB
