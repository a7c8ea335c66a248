"""Accounts: one login that works on desktop, kiosk and web (A-1), and the one table of what whom is allowed."""
