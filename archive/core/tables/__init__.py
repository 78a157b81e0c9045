"""Spreadsheets as values: cells read and written, what programs did to them, templates, corrections."""
