"""All defects, by what they break."""

from typing import Final

from tests.mutants.defect import Defect
from tests.mutants.defects.descriptions import DESCRIPTIONS
from tests.mutants.defects.durability import DURABILITY
from tests.mutants.defects.evidence import EVIDENCE
from tests.mutants.defects.holdings import HOLDINGS
from tests.mutants.defects.paths import PATHS
from tests.mutants.defects.recovery import RECOVERY
from tests.mutants.defects.verdicts import VERDICTS

DEFECTS: Final[tuple[Defect, ...]] = (
    *DURABILITY,
    *RECOVERY,
    *VERDICTS,
    *EVIDENCE,
    *PATHS,
    *DESCRIPTIONS,
    *HOLDINGS,
)
