"""Every command that writes, as trials by name."""

from collections.abc import Callable
from pathlib import Path

from tests.crash.commands import (
    audits,
    bags,
    changes,
    copies,
    copy_audits,
    descriptions,
    evidence,
    ingests,
    keys,
    repairs,
    tidying,
)
from tests.crash.scenes import Scene
from tests.crash.trials import Trial


class Trials:
    """The trials, each made when it is first asked for, with their scenes below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made: dict[str, Trial] = {}
        self._scenes: dict[str, Scene] = {}

    def __getitem__(self, name: str) -> Trial:
        if name not in self._made:
            self._made[name] = COMMANDS[name](self)
        return self._made[name]

    @property
    def one(self) -> Scene:
        """An archive that holds one document, and a submission of one more."""
        return self["ingest"].scene

    @property
    def two(self) -> Scene:
        """An archive that holds two documents."""
        return self._scene("two", changes.two_held)

    @property
    def altered(self) -> Scene:
        """An archive whose one document was altered."""
        return self._scene("altered", lambda folder: audits.damaged(self.one, folder))

    def _scene(self, name: str, make: Callable[[Path], Scene]) -> Scene:
        if name not in self._scenes:
            self._scenes[name] = make(self.folder)
        return self._scenes[name]


COMMANDS: dict[str, Callable[[Trials], Trial]] = {
    "init": lambda trials: ingests.new_archive(trials.folder),
    "ingest": lambda trials: ingests.one_document(trials.folder),
    "ingest (three, three batches)": lambda trials: ingests.several_documents(trials.folder),
    "ingest (three, two jobs)": lambda trials: ingests.with_workers(trials["ingest (three, three batches)"]),
    "ingest (three, index apart)": lambda trials: ingests.with_filling(
        trials["ingest (three, three batches)"]
    ),
    "ingest --on-error continue": lambda trials: ingests.good_ones(trials.folder),
    "ingest (a bag)": lambda trials: ingests.submitted_bag(trials.folder),
    "describe": lambda trials: changes.one_description(trials.two),
    "describe (two, from a table)": lambda trials: changes.new_descriptions(trials.two),
    "withdraw": lambda trials: changes.withdrawal(trials.two),
    "dispose": lambda trials: changes.disposal(trials.two, trials.folder),
    "copy (first, folders)": lambda trials: copies.first_copy(trials.two, "folder"),
    "copy (next, folders)": lambda trials: copies.next_copy(trials.two, "folder", trials.folder),
    "copy (first, tars)": lambda trials: copies.first_copy(trials.two, "tar"),
    "copy (next, tars)": lambda trials: copies.next_copy(trials.two, "tar", trials.folder),
    "restore (folders)": lambda trials: copies.restored(trials.two, "folder", trials.folder),
    "restore (tars)": lambda trials: copies.restored(trials.two, "tar", trials.folder),
    "repair": lambda trials: repairs.repaired_bags(trials.folder),
    "repair --ledger": lambda trials: repairs.repaired_ledger(trials.one, trials.folder),
    "audit": lambda trials: audits.recorded_audit(trials.one),
    "audit (two jobs)": lambda trials: audits.audit_in_workers(
        trials["ingest (three, three batches)"], trials.folder
    ),
    "audit --acknowledge": lambda trials: audits.acknowledging_audit(trials.altered),
    "audit --read-only --report": lambda trials: evidence.audit_page(trials.one),
    "audit --copy": lambda trials: copy_audits.recorded_audit_of_copy(trials.two, trials.folder),
    "audit --copy (waits)": lambda trials: copy_audits.waiting_audit_of_copy(trials.two, trials.folder),
    "incidents --acknowledge": lambda trials: audits.acknowledgement(trials.altered, trials.folder),
    "catalog rebuild": lambda trials: audits.catalog_rebuild(trials.one),
    "catalog export --to": lambda trials: evidence.catalog_export(trials.one),
    "schedule --promise": lambda trials: changes.promise(trials.two),
    "schedule --to": lambda trials: evidence.schedules(trials.one),
    "key rotate": lambda trials: keys.rotation(trials.one),
    "key replace": lambda trials: keys.replacement(trials.one, trials.folder),
    "key restore": lambda trials: keys.restoring(trials.one, trials.folder),
    "key passphrase": lambda trials: keys.encryption(trials.one, trials.folder),
    "key sign": lambda trials: keys.signature(trials.one, trials.folder),
    "key backup": lambda trials: keys.backup(trials.one),
    "ledger checkpoint --out": lambda trials: evidence.checkpoint(trials.one),
    "ledger prove --out": lambda trials: evidence.proof(trials.one),
    "ledger pack": lambda trials: evidence.pack(trials.one),
    "ledger statement": lambda trials: evidence.statement(trials.one),
    "ledger keep": lambda trials: evidence.keeping(trials.one, trials.folder),
    "ledger witness": lambda trials: evidence.cosignature(trials.one, trials.folder),
    "ledger witness-key": lambda trials: evidence.witness_key(trials.one),
    "ledger timestamp --request-out": lambda trials: evidence.request(trials.one),
    "ledger timestamp --response": lambda trials: evidence.time_stamp(trials.one, trials.folder),
    "receipt": lambda trials: evidence.receipt(trials.one),
    "report --to": lambda trials: evidence.report(trials.one),
    "assess --to": lambda trials: evidence.assessment(trials.one),
    "show --report": lambda trials: evidence.document_page(trials.one),
    "coverage --table": lambda trials: evidence.coverage_table(trials.one),
    "list --table": lambda trials: evidence.table(trials.one),
    "template --output": lambda trials: descriptions.template(trials.one),
    "export --to": lambda trials: descriptions.exported(trials.one),
    "export --to (a folder)": lambda trials: descriptions.exported_folder(trials.one),
    "profile compile --to": lambda trials: descriptions.compiled_profile(trials.one, trials.folder),
    "check --annotate": lambda trials: descriptions.annotated(trials.one, trials.folder),
    "check --fix": lambda trials: descriptions.fixed(trials.one, trials.folder),
    "check --report": lambda trials: descriptions.surveyed(trials.one),
    "open --to": lambda trials: evidence.opened(trials.one),
    "bag": lambda trials: bags.made(trials.folder),
    "bag update": lambda trials: bags.updated(trials.folder),
    "bag update --to-version": lambda trials: bags.upgraded(trials.folder),
    "tidy": lambda trials: tidying.tidied(trials.folder),
}
