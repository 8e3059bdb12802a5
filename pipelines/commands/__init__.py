"""Groups of commands, one a file.

Belongs here: what a group's commands ask, call and print. Does not belong here: what they do;
that stands in `pipelines`, `assets` and `warehouse`.
"""
