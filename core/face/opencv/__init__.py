"""The default engine's parts: every network runs inside OpenCV, from files that installed packages carry."""
