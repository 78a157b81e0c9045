"""Commands run by the clock, as cron, systemd and launchd want them written."""

from archive.formats.schedules.cron import crontab
from archive.formats.schedules.job import Job, UnitFile, is_address
from archive.formats.schedules.launchd import launchd_files
from archive.formats.schedules.systemd import systemd_files

__all__ = ["Job", "UnitFile", "crontab", "is_address", "launchd_files", "systemd_files"]
