"""How it runs: Dagster definitions, jobs, schedules, sensors, the command line.

Belongs here: wiring only. Does not belong here: anything that works out a value.
Nothing imports this package.
"""
