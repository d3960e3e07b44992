"""Widgets used by more than one screen, or worth a test of their own."""
