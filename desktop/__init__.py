"""What an office user sees: screens ask core for rows and hand commands to sync."""
