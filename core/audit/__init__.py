"""The append-only log of every accepted and refused command, chained by hash (U-1); written by the bus alone."""
