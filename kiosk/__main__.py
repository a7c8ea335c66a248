"""Starts the kiosk: ``python -m kiosk``."""

import sys

from kiosk.start import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
