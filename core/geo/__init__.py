"""Places: points that carry their coordinate system, distances, fixes and what they are worth. Pure."""
