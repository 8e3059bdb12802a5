"""Insight: returns of committees beside our numbers, indicators, what drives a change.

Figures that are put beside numbers of the marts, and formulas over both, belong here; accounting
of emissions does not.
"""
