"""The screens' ports, filled by sync and its transport."""
