"""Fuzzing of the parsers with coverage: `python tests/fuzz/fuzz_csv.py -max_total_time=60`."""
