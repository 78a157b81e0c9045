"""One bag from its source through the judge."""

from collections.abc import Callable, Iterable, Sequence

from archive.core.bagit.verdicts import BagFacts, BagReport
from archive.core.bagit_judge import Judge, Policy, is_declaration, is_judged
from archive.core.findings import Finding
from archive.storage.bag_sources.source import BagSource

# Rules beyond the RFC, asked once everything of the bag is known.
Rule = Callable[[BagFacts], Iterable[Finding]]


def judge_bag(source: BagSource, policy: Policy, rules: Sequence[Rule] = ()) -> BagReport:
    """Judge the bag that a source gives; raises nothing for what the bag holds."""
    judge = Judge(source.label, policy)
    for _, blocks in source.read_tag_files(is_declaration):
        judge.read_declaration(blocks)
    for name, blocks in source.read_tag_files(is_judged):
        judge.read_tag_file(name, blocks)
    judge.note_entries(source.entries())
    judge.take(source.digests(judge.wanted()))
    for finding in source.findings():
        judge.add(finding)
    if rules:
        facts = judge.facts(source.serialization)
        for rule in rules:
            for finding in rule(facts):
                judge.add(finding)
    return judge.conclude()
