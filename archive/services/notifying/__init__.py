"""Summaries sent to people who are not there; what fails is a warning and changes nothing."""
