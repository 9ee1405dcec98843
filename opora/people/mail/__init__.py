"""Letters of the system: through which server, what they say, and the links in them."""
