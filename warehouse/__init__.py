"""Where data is kept and how a number is read back.

Belongs here: settings, lake, release file, content hash, explain, verify, query,
dictionary. Does not belong here: how a value is worked out (`assets`) or when
(`pipelines`). The modules behind `query` and `explain` import DuckDB and the standard
library only, so that the command line answers at once.
"""
