"""What can be typed after each command, declared apart from what carries it out.

Help, completion and the manual are made of these declarations alone, and load nothing that computes.
"""
