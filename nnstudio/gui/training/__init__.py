"""The panel that says how the network is trained."""
