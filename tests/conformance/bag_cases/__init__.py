"""Our own BagIt cases: a law, its clause, a bag built in code, and what two validators make of it."""

from tests.conformance.bag_cases.algorithms import ALGORITHMS
from tests.conformance.bag_cases.bag_info import BAG_INFO
from tests.conformance.bag_cases.bombs import BOMBS
from tests.conformance.bag_cases.completeness import COMPLETENESS
from tests.conformance.bag_cases.declaration import DECLARATION
from tests.conformance.bag_cases.encodings import ENCODINGS
from tests.conformance.bag_cases.fetch import FETCH
from tests.conformance.bag_cases.manifests import MANIFESTS
from tests.conformance.bag_cases.names import NAMES
from tests.conformance.bag_cases.objects import OBJECTS
from tests.conformance.bag_cases.paths import PATHS
from tests.conformance.bag_cases.tag_manifests import TAG_MANIFESTS
from tests.conformance.bag_cases.versions import VERSIONS

CHAPTERS = (
    DECLARATION,
    VERSIONS,
    MANIFESTS,
    PATHS,
    NAMES,
    TAG_MANIFESTS,
    BAG_INFO,
    FETCH,
    ENCODINGS,
    ALGORITHMS,
    COMPLETENESS,
    OBJECTS,
    BOMBS,
)
CASES = tuple(case for chapter in CHAPTERS for case in chapter.cases)
