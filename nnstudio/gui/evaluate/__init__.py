"""How good the network is: on which rows, by which measures, where it fails, and how much of that is luck."""
