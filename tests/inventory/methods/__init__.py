"""Tests of the declared methods of processes, waste and transformation."""
