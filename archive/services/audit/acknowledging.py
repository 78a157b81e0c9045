"""Taking note of all damage that an audit has just recorded."""

from archive.core.errors import ConfigurationError
from archive.services.audit.report import AuditReport
from archive.services.audit.request import AuditRequest
from archive.services.audit.schedule import known_since
from archive.services.incidents.acknowledging import acknowledge
from archive.services.opened import OpenedArchive
from archive.services.surroundings import Surroundings
from archive.services.writing import writing
from archive.storage.audits.plan import AuditPlan


def acknowledge_found(
    archive: OpenedArchive,
    report: AuditReport,
    plan: AuditPlan,
    request: AuditRequest,
    surroundings: Surroundings,
    cause: str,
) -> None:
    """Records that somebody knows of what the audit found; the report and the plan say so from then on.

    Raises ConfigurationError where the audit was not recorded.
    """
    if not report.recorded:
        raise ConfigurationError(
            "nothing was acknowledged: the audit is not recorded", remedy="see why, then audit again"
        )
    with writing(
        archive, command="audit", surroundings=surroundings, agent=request.agent, wait=request.lock_wait
    ) as hold:
        found = hold.from_index(lambda index: index.incidents.seen_in(report.run))
        acknowledge(archive, hold, found, surroundings, cause=cause, agent=request.agent)
        report.acknowledged = len(found)
        hold.from_index(lambda index: known_since(plan, index))
