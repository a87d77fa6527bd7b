"""What the columns of a table hold, what they seem to be for, and what they say about the target."""
