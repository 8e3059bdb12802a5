"""Real deliveries through reading and door."""
