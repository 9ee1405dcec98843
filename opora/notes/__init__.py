"""Notes on a card."""
