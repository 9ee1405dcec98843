"""The rules of the house: what no linter knows about this project, proved by reading its files."""
