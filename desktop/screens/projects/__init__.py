"""Projects: the table of all, and one in detail."""
