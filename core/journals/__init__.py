"""Journals: what devices push, kept as exact bytes and turned into facts; knows no feature by name."""
