"""Pages for the client's contact: phone first, Chinese, working without JavaScript."""
