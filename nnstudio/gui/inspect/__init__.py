"""Training in slow motion: one step at a time, with every number of it."""
