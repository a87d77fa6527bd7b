"""The way from a file to tensors as a script: with pandas where that reads as one would write it."""
