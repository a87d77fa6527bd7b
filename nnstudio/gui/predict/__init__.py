"""What the network at hand says: to one example that is made up or taken from the data, and to every row of a file.

Renders what `nnstudio.gui.studio.predictor` knows, and asks it for more.
"""
