"""What happened: the last notice at the lower edge, all of them in a list that unfolds above it."""
