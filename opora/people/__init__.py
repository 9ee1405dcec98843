"""People of a project: who may get in, who sees what, and why."""
