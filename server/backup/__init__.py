"""Generations of backup: how they are made while the server runs, rehearsed, and restored."""
