"""Weights that others saved, in whatever way: told what they are, and read without running anything of theirs."""
