"""The agency's kiosks and desktops."""
