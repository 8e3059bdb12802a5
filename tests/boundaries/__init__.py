"""Tests of the boundaries room."""
