"""What every record can do: kinds, fields, stages, lists, search, and the one road by which they change."""
