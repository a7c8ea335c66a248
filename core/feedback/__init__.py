"""Evaluation: what the client's contact says about a feedback form."""
