"""Names that cannot be taken in: links, special files, and what storage did not give."""

import glob
import os

from archive.core import findings
from archive.core.text import shell_word
from archive.storage.plan import Plan
from archive.storage.sources.source_walk import ROOT


def tell_not_taken(plan: Plan) -> None:
    """Says what could not be taken in, and refuses the document of a folder that it would be a part of.

    A folder that is one document is kept whole or not at all.
    """
    for name in plan.not_taken():
        remedy = "mend it at the source"
        if name.path != ROOT:
            pattern = glob.escape(os.path.basename(name.path))
            remedy += f", or leave it out: --exclude {shell_word(pattern)}"
        refused = None
        if name.document is not None:
            plan.set_state(name.document, "rejected")
            refused = plan.source_of(name.document)
        plan.add_finding(findings.error(name.code, name.path, name.why, remedy=remedy), refused)
