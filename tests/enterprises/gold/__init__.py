"""Truth labelled by reading, kept apart from what parser and scorer were tuned with."""
