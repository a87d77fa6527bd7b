"""The welcome page: what is seen while nothing is open. Dozens of tiles: each paints itself."""
