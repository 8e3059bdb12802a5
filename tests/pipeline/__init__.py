"""Tests of runs, releases and the command line on the samples."""
