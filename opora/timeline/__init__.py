"""What happened: one append-only row for each change. It is the log, the feed and the cause of what follows."""
