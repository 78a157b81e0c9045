"""Judges bags of anybody's making: needs no archive, writes nothing."""
