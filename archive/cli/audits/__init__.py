"""Commands for auditors: what was looked at, what was found, what is claimed."""
