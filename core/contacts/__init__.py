"""Contacts: the client's employees who confirm the work."""
