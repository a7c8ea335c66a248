"""Making this installation known to its server."""
