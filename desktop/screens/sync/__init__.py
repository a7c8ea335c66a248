"""What waits for the server, and what it refused."""
