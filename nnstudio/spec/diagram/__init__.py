"""The network as a diagram, from its input to its output: what is where; whoever draws it decides how it looks."""
