"""Tables become the arrays that a network takes: learned from the training rows, applied to any."""
