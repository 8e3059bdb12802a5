"""The content hash of a table and of a release: equal inputs, equal hash, in any order.

A row is encoded length-prefixed and NULL-safe (`concat_ws` drops NULLs: never hash with
it); a table is its row count and the sums of the upper and lower halves of md5; a release
is the sha256 over its tables in name order. Release ids, snapshots and time stamps stay out.
"""

from __future__ import annotations

import hashlib

import duckdb


def table_hash(connection: duckdb.DuckDBPyConnection, qualified: str) -> str:
    """`rows:upper:lower` of a table; columns in name order."""
    columns = sorted(row[0] for row in connection.execute(f"DESCRIBE {qualified}").fetchall())
    encoded = " || ".join(
        f"""CASE WHEN "{c}" IS NULL THEN 'N;' ELSE """
        f"""length(CAST("{c}" AS VARCHAR)) || ':' || CAST("{c}" AS VARCHAR) || ';' END"""
        for c in columns
    )
    found = connection.execute(
        f"""
        SELECT count(*),
               coalesce(sum(CAST(md5_number_upper(encoded) AS HUGEINT)), 0),
               coalesce(sum(CAST(md5_number_lower(encoded) AS HUGEINT)), 0)
        FROM (SELECT {encoded} AS encoded FROM {qualified})
        """
    ).fetchone()
    assert found is not None
    return f"{found[0]}:{found[1]}:{found[2]}"


def release_hash(table_hashes: dict[str, str]) -> str:
    """sha256 over `name=hash` lines in name order."""
    text = "".join(f"{name}={value}\n" for name, value in sorted(table_hashes.items()))
    return hashlib.sha256(text.encode()).hexdigest()
