"""What language a text is probably in: a guess, and always called one."""

from archive.core.language_guess.guess import LanguageGuess, guess_language

__all__ = ["LanguageGuess", "guess_language"]
