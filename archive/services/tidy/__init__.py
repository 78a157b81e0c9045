"""Named litter out of bags, and from beside them, into quarantine."""
