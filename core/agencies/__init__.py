"""Agencies: who employs the people and owns the devices."""
