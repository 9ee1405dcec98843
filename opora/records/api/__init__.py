"""The API of every kind of record: one set of operations, made from what the kind says of itself."""
