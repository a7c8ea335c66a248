"""Conversations of earlier programs with their servers, byte for byte: both sides must still understand them."""
