"""Server, kiosk and desktop with a small invented agency, played by a person or by itself."""
