"""Tables, engines and the unit of work: how rows are kept, on SQLite, SQLCipher and PostgreSQL alike."""
