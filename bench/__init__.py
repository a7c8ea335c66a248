"""Figures that are promised and therefore measured: ``run.py bench [name]``."""
