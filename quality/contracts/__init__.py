"""One declaration a table; contract, DDL, comments and dictionary follow from it.

Belongs here: pandera models of every table of the lake and the release.
Does not belong here: rules that look at more than one table (`quality.conservation`).
"""
