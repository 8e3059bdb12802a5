"""Addresses: divisions of all years, zones, parsing. `tuning.csv` is what the parser was made on;
how good it is says only a set that it was not.
"""
