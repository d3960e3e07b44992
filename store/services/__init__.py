"""Use cases: plain functions over a session; they never commit."""
