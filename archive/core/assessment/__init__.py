"""Self-assessment by evidence: frameworks as tables of criteria, one pure function for each."""

from archive.core.assessment.evidence import Evidence, KeptCopy
from archive.core.assessment.judging import Assessment, JudgedCell, JudgedCriterion, assess
from archive.core.assessment.model import Answer, Basis, Criterion, Framework, Verdict
from archive.core.assessment.ndsa import NDSA

FRAMEWORKS = {NDSA.id: NDSA}

__all__ = [
    "FRAMEWORKS",
    "NDSA",
    "Answer",
    "Assessment",
    "Basis",
    "Criterion",
    "Evidence",
    "Framework",
    "JudgedCell",
    "JudgedCriterion",
    "KeptCopy",
    "Verdict",
    "assess",
]
