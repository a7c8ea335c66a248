"""Devices: kiosks and desktops of an agency, each with its own key pair."""
