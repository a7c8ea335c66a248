"""The authority: receives commands, decides with core, returns rows; a few pages for client contacts."""
