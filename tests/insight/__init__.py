"""Indicators and drivers, by worked cases and properties."""
