"""What is made, a room for each subject.

Belongs here: pure functions from frames to frames, and thin Dagster assets
(`*/assets.py`) over them. Does not belong here: schedules, jobs, the command line
(`pipelines`), storage (`warehouse`), table declarations (`quality`).
"""
