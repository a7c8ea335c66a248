"""Projects: one contract's work at one place, its people and its states."""
