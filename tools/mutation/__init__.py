"""Mutation testing of the visibility compiler (R15.15): `python -m tools.mutation` names what no test notices."""
