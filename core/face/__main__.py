"""Starts ``zhiye-faces``."""

from core.face.tool.cli import run

if __name__ == "__main__":
    run()
