"""The desk line by line: one question a line, nothing moves, for screen readers and poor terminals."""
