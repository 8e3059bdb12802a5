"""Insight: indicators of parks and what drives a change of their emissions.

Formulas over numbers of the marts belong here; accounting of emissions does not.
"""
