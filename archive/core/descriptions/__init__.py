"""Descriptions as values: terms, dates, languages, identifiers, and the rules that judge them."""
