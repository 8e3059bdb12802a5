"""Linkage of registers."""
