"""Projects: each in its own database, entered by `with project(key)`."""
