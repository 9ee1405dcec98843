"""Leads: what visitors of a firm's site write becomes a contact that somebody takes. None is ever lost (N15, R9.02)."""
