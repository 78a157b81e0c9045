"""What is not in a template, and what was found on the way."""

from dataclasses import dataclass, field

from archive.core.findings import Finding
from archive.services.catalog.bag_record import code_of_unread


@dataclass(slots=True)
class Account:
    """Complete once the rows have been read to their end.

    `left_out` has for each document that is not in the table its path, or the id of its bag, and the reason;
    `findings` are about the archive, and name such bags, too.
    """

    left_out: list[tuple[str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0; 1 where a bag is not as the ledger knows it, 3 where storage alone refuses one."""
        return code_of_unread({finding.code for finding in self.findings})
