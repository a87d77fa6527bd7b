"""What is often done wrong in a network, found at the layer where it is, with a one-click remedy.

Each module looks for one kind of mistake and yields findings: what blocks training, or what is only advice.
"""
