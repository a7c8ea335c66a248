"""The visits of one project, with their evidence."""
