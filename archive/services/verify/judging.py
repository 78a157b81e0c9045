"""One bag from its source through the judge."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from archive.core.bagit.contents import FileDigests, SoundDigests
from archive.core.bagit.tagfile import Tag
from archive.core.bagit.verdicts import BagFacts, BagReport
from archive.core.bagit_judge import Judge, Policy, is_declaration, is_judged
from archive.core.findings import Finding
from archive.services.surroundings import Progress, SilentProgress
from archive.storage.bag_sources.source import BagSource


class Rule(Protocol):
    """A rule beyond the RFC, asked once everything of the bag is known."""

    def applies(self, tags: Sequence[Tag]) -> bool:
        """False where the bag with these tags is none of its business: facts are not gathered for it."""

    def __call__(self, facts: BagFacts) -> Iterable[Finding]:
        """What the bag breaks."""


def judge_bag(
    source: BagSource, policy: Policy, rules: Sequence[Rule] = (), progress: Progress | None = None
) -> BagReport:
    """Judge the bag that a source gives; raises nothing for what the bag holds."""
    judge = Judge(source.label, policy)
    for _, blocks in source.read_tag_files(is_declaration):
        judge.read_declaration(blocks)
    for name, blocks in source.read_tag_files(is_judged):
        judge.read_tag_file(name, blocks)
    source.expect(judge.expected())
    judge.note_entries(source.entries())
    digests = source.digests(judge.wanted())
    if progress is None or isinstance(progress, SilentProgress):
        judge.take(digests)
    else:
        progress.begin("Reading files", judge.files, "files")
        try:
            judge.take(_counted(digests, progress))
        finally:
            progress.end()
    for finding in source.findings():
        judge.add(finding)
    rules = [rule for rule in rules if rule.applies(judge.tags)]
    if rules:
        facts = judge.facts(source.serialization)
        for rule in rules:
            for finding in rule(facts):
                judge.add(finding)
    return judge.conclude()


def _counted(
    digests: Iterable[FileDigests | SoundDigests], progress: Progress
) -> Iterator[FileDigests | SoundDigests]:
    for some in digests:
        yield some
        progress.advance(len(some.paths) if isinstance(some, SoundDigests) else 1)
