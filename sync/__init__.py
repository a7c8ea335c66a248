"""Carries commands to the server and rows back; knows no feature by name."""
