"""Work by the clock: what to put into a scheduler, what was promised, and whether it happened."""
