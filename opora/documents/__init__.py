"""Files of records: kept on the disk of their project, seen by whoever sees the record."""
