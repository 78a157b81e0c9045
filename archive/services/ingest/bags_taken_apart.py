"""Bags whose files are taken one by one: nobody judges them, and each is named."""

import os
from collections.abc import Iterable
from dataclasses import replace

from archive.core import findings
from archive.core.bagit.names import manifest_name
from archive.core.exclusions import Exclusions
from archive.core.text import shell_word
from archive.storage.plan import Plan
from archive.storage.sources.source_walk import DECLARATION, Source

_BELOW_A_BAG = f"/{DECLARATION}"
_MANIFEST = "manifest-"


def asks_for_files(exclusions: Exclusions) -> bool:
    """True where the declaration of bags is left out by its very name.

    A pattern that happens to cover it (`*.txt`) was written of documents, and does not reach into a bag.
    """
    return exclusions.name(DECLARATION)


def taken_apart(sources: Iterable[Source], exclusions: Exclusions, plan: Plan) -> list[Source]:
    """The SOURCEs, bags as the folders that they are where that is asked for; a warning for each of these."""
    if not asks_for_files(exclusions):
        return list(sources)
    taken = []
    for source in sources:
        if source.is_bag:
            plan.add_finding(
                findings.warning(
                    "SRC-BAG-APART",
                    os.path.basename(source.path) + "/",
                    f"a bag; without its {DECLARATION} its files are taken one by one, and it is not judged",
                    remedy=f"leave --exclude {DECLARATION} away to take it as one document;"
                    f" archive verify {shell_word(source.path)} judges it",
                )
            )
        taken.append(replace(source, is_bag=False))
    return taken


class BagsWithin:
    """Bags, and what looks like one, among the names of a SOURCE; each is warned of once."""

    def __init__(self, source: Source, exclusions: Exclusions, plan: Plan) -> None:
        self._source = source
        self._exclusions = exclusions
        self._plan = plan
        self._told: set[str] = set()

    def see(self, path: str) -> None:
        """Looks at the path of a file; few are worth more than two comparisons."""
        if path.endswith(_BELOW_A_BAG):
            folder = os.path.dirname(path)
            self._told.add(folder)
            self._say_inside(folder)
        elif _MANIFEST in path:
            folder, base = os.path.split(path)
            if folder not in self._told and self._is_manifest_of_a_bag(folder, base):
                self._told.add(folder)
                self._say_undeclared(folder)

    def _say_inside(self, folder: str) -> None:
        named = os.path.join(os.path.basename(self._source.path), folder)
        self._plan.add_finding(
            findings.warning(
                "SRC-BAG-INSIDE",
                folder,
                "a bag lies inside the folder; its files are taken one by one, and it is not judged",
                remedy=f"name {named} itself as a SOURCE to take it as one document",
            )
        )

    def _is_manifest_of_a_bag(self, folder: str, name: str) -> bool:
        """True for a payload manifest beside a payload folder, where no bagit.txt says what they are."""
        naming = manifest_name(name)
        if naming is None or naming.tag or self._source.is_file or self._exclusions.cover(DECLARATION):
            return False
        payload = os.path.join(self._source.base, folder, "data")
        return os.path.isdir(payload) and not os.path.islink(payload)

    def _say_undeclared(self, folder: str) -> None:
        path = os.path.join(self._source.path, folder) if folder else self._source.path
        self._plan.add_finding(
            findings.warning(
                "SRC-BAG-UNDECLARED",
                folder or os.path.basename(self._source.path) + "/",
                f"looks like a bag without its {DECLARATION}: manifests stand beside data/; its files are"
                " taken one by one, and it is not judged",
                remedy=f"archive verify {shell_word(path)} says what is wrong with it; ask for the bag with"
                f" its {DECLARATION}",
            )
        )
