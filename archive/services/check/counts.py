"""The numbers of a check."""

from archive.storage.plan import Plan


def check_counts(plan: Plan) -> dict[str, int]:
    """How many documents, findings and names left out: `counts` of `schemas/check-report.schema.json`."""
    severities = plan.severities()
    return {
        "documents": plan.count("planned"),
        "awaiting": plan.count_awaiting(),
        "held": plan.count("held"),
        "held_differs": plan.count_differing(),
        "left_out": sum(1 for _ in plan.left_out()),
        "errors": severities.get("error", 0),
        "warnings": severities.get("warning", 0),
        "notes": severities.get("note", 0),
    }
