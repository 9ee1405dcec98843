"""Deals: stages that guide, ends with reasons, money in one currency."""
