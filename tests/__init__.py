"""Tests of the product; each folder covers the room of its name."""
