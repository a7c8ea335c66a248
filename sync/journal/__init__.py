"""The journal: the only precious local data, in an encrypted file of its own, written before anything is shown."""
