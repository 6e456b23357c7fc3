"""Speech to transcript: decode, find speech, recognise it twice, tell voices apart, mark what a person must confirm."""
