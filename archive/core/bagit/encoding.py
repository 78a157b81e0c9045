"""Text in the encoding of a bag's tag files, written only where it reads back as the same text."""

import codecs


class TextEncoder:
    """Encodes a text piece by piece; `codec` is one of the allow-list of declarations."""

    def __init__(self, codec: str) -> None:
        self._codec = codec
        self._encoder = codecs.getincrementalencoder(codec)("strict")
        self._decoder = codecs.getincrementaldecoder(codec)("strict")

    def encode(self, text: str, *, final: bool = False) -> bytes:
        """The bytes of the next piece.

        Raises UnicodeEncodeError at the first character that the encoding lacks, or whose bytes would be read
        as another: Python writes a yen sign in Shift_JIS as a backslash.
        """
        data = self._encoder.encode(text, final)
        try:
            same = self._decoder.decode(data, final) == text
        except UnicodeDecodeError:
            same = False
        if same:
            return data
        start = next((place for place, char in enumerate(text) if not _is_kept(char, self._codec)), 0)
        raise UnicodeEncodeError(self._codec, text, start, start + 1, "would be read as another character")


def _is_kept(char: str, codec: str) -> bool:
    try:
        return char.encode(codec).decode(codec) == char
    except UnicodeError:
        return False
