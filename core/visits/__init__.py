"""Visits: starts, ends and forms as facts, and the verdict that is folded from them (S-18)."""
