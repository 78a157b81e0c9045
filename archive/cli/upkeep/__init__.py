"""Commands that keep the archive: copies, repairs, restores, withdrawals, schedules."""
