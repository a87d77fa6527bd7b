"""What window and terminal have in common: generators that put rooms together, and the process that runs them.

May import every room below; ``link`` and what it needs know no torch, so that the window stays free of it.
"""
