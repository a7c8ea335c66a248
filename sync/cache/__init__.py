"""The device's cache: the server's rows as they are, and the device's own unanswered facts laid over them."""
