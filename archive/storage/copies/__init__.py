"""Copies of an archive on other disks: written, and read again, below one descriptor."""
