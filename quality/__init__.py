"""What a row, a table and a release must fulfil.

Belongs here: table declarations, typed acceptance with quarantine, rules,
conservation checks, the release gate. Does not belong here: how data is made
(`assets`), stored or explained (`warehouse`), or run (`pipelines`).
"""
