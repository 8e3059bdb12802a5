"""Tests of the energy room."""
