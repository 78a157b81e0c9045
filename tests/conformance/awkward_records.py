"""Records of PREMIS with text that XML finds awkward."""

from archive.core.agents import Agent, AgentKind
from archive.core.digests import Algorithm, Digest
from archive.core.submission import SubmittedBag
from archive.formats.format_identification import FormatIdentification, Identification
from archive.formats.premis import (
    IngestContext,
    PremisFile,
    PremisRecord,
)

BAG = "0192aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee"
JANE = Agent(id="jane", name="Jane <Smith> & daughter", kind=AgentKind.PERSON)
PROGRAM = Agent(id="document-archive", name="document-archive", kind=AgentKind.SOFTWARE, version="1")
TOOL = Agent(id="siegfried", name="siegfried", kind=AgentKind.SOFTWARE, version="1.11.9")

AWKWARD = 'a & b < c > "d" \x00\x0b\ud800\ufffe\r\n\tü'
NAME = AWKWARD.replace("\ud800", "\udcff%")  # what a file system can give

FULL = IngestContext(
    run="r",
    agent=JANE,
    software=PROGRAM,
    originator=AWKWARD,
    schema="urn:x",
    source=NAME,
    accession=NAME,
    depositor=AWKWARD,
    identification=TOOL,
    scanner=Agent(id="clam", name="ClamAV", kind=AgentKind.SOFTWARE),
)

PDF = FormatIdentification(
    "PDF", "1.4", "fmt/18", "application/pdf", "byte match at 0, 4", "extension mismatch"
)

FILES = (
    PremisFile("data/a.txt", "letters/a.txt", 3, "a" * 128),
    PremisFile(
        "data/b_.txt",
        "letters/b\udcff%.txt",
        0,
        "b" * 128,
        modified=-1,
        identification=Identification((PDF, PDF._replace(version="", basis=""))),
        depositor=(*(Digest(each, "0" * each.hex_length) for each in Algorithm),),
    ),
    PremisFile("data/c", "c", 1, "c" * 128, 1 << 80, Identification(trouble=AWKWARD)),
    PremisFile("data/d", "d", 1, "c" * 128, 0, Identification()),
)

RECORDS = {
    "one file": PremisRecord(BAG, "2026-000001", "letters/a.txt", "2026-11-21T09:30:00Z", FILES[:1]),
    "several files": PremisRecord(
        BAG, AWKWARD, NAME, "2026-11-21T09:30:00Z", FILES, declared=True, awaiting=True, warnings=3
    ),
    "no file": PremisRecord(BAG, "2026-000001", "empty", "2026-11-21T09:30:00Z", ()),
    "came in a bag": PremisRecord(
        BAG,
        "2026-000001",
        "bag/",
        "2026-11-21T09:30:00Z",
        FILES[:1],
        submitted=SubmittedBag("0.97", 2),
    ),
}
