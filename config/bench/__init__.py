"""`opora bench`: how fast pages and API are beside their floor, on a real server over a large project."""
