"""Deals: what may be sold, moving through a pipeline."""
