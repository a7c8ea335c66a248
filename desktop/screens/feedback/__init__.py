"""The feedback forms of one project, and what the client says to them."""
