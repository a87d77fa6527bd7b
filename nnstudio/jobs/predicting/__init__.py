"""Jobs that use a trained network: on every row of a file, and on single rows that somebody makes up."""
