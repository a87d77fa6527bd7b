"""Files become Arrow tables: a module for each format, and what they share.

Of the packages beside it, this one imports `profiling` alone.
"""
