"""Files made to do harm, or broken on the way: a table of them, and what becomes of each."""
