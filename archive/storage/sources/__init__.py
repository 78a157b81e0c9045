"""What people bring: walked, opened, read; no link is followed."""
