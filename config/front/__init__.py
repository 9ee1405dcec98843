"""The front of the server: bodies are read here, under limits, so that a slow client never occupies a thread."""
