"""The ready logins of the demo project (N03): shown on its sign-in page and made by its builder, nowhere else."""

LOGINS = (("demo", "demo"), ("demosuper", "demosuper"))
