"""Names of enterprises: one written form, and their parts."""
