"""What a run that was cut off brought, perhaps of an older state: it follows the ledger that came since."""

import os
from typing import Final

from archive.core.copies import CopyForm
from archive.core.expectation import Expectation
from archive.core.outcomes import BagOutcome
from archive.services.copies.batch import look_at
from archive.storage.audits.plan import AuditPlan
from archive.storage.copies.folder import CopyFolder
from archive.storage.copies.names import bag_place
from archive.storage.disk.durable import storage_error
from archive.storage.intents import remove_tree

_WRITABLE: Final = 0o755


def follow_ledger(target: CopyFolder, plan: AuditPlan) -> None:
    """Destroys disposed bags, and removes those that came as they were: a copy may have them whole now.

    What is withdrawn by now moves to quarantine. Raises StorageError where the archive cannot be written.
    """
    for withdrawn in (True, False):
        for bag in list(target.bags(CopyForm.FOLDER, withdrawn=withdrawn)):
            expectation, state = plan.expectation(bag), plan.state(bag)
            place = bag_place(bag, CopyForm.FOLDER, withdrawn=withdrawn)
            if state == "disposed":
                remove_tree(target.root / place)
            elif expectation is None:
                continue
            elif not _is_whole(target, place, expectation):
                remove_tree(target.root / place)
            elif state == "withdrawn" and not withdrawn:
                _set_aside(target, bag)


def _is_whole(target: CopyFolder, place: str, expectation: Expectation) -> bool:
    above = target.open_folder(os.path.dirname(place))
    try:
        result = look_at(above, os.path.basename(place), expectation, CopyForm.FOLDER)
    finally:
        os.close(above)
    return result.outcome is BagOutcome.INTACT


def _set_aside(target: CopyFolder, bag: str) -> None:
    """Moves a whole bag to quarantine; what is in its place there was found whole, and is the same."""
    source = bag_place(bag, CopyForm.FOLDER)
    aside = bag_place(bag, CopyForm.FOLDER, withdrawn=True)
    if target.exists(aside):
        remove_tree(target.root / source)
        return
    try:
        os.chmod(target.root / source, _WRITABLE)  # a folder moves only where it may be written to
        target.rename(source, aside)
    except OSError as trouble:
        raise storage_error(trouble, str(target.root / source), "set the bag aside") from trouble
