"""The contacts of one project."""
