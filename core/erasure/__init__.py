"""Erasure: a subject's key is destroyed, and what every feature knows of him goes; hashes and chains stay (D-2)."""
