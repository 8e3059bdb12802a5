"""Tests of the landing room: declarations, archive, readers, acceptance."""
