"""Starts the server's command line."""

import sys
from io import TextIOWrapper

from server.cli import main

if __name__ == "__main__":
    if isinstance(sys.stdout, TextIOWrapper):
        # A console that knows no Chinese shows it badly, and nothing ends because of that.
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(main(sys.argv[1:]))
