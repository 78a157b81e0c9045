"""The evidence of an archive: verified for whoever asks, compared with what they kept, read as a history."""
