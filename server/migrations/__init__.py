"""Revisions of the server's tables: each brings both databases from one shape to the next, without losing a row."""
