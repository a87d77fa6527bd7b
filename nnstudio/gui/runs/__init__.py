"""What was trained before: a list that other processes' runs appear in, their curves, and what differs."""
