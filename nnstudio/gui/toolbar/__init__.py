"""The bar above the panels: what to do next, how far it is, and where it runs."""
