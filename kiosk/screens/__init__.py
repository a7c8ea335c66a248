"""The kiosk's screens: each shows one state of the flow and sends events; none decides anything."""
