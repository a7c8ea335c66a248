"""Messages: what contacts are told, exactly once in the web inbox."""
