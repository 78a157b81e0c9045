"""Copies of the archive on other disks: written, brought up to date, counted."""
