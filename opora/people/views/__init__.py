"""Pages of people: signing in and out, preferences, the own password, users."""
