"""The Qt kit that desktop and kiosk share; no other part of the product may import it."""
