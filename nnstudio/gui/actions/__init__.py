"""Everything that the window can be asked for, as one table: menus, toolbar, shortcuts and palette come from it.

`table.ACTIONS` has the rows; `board.Board` makes them into Qt's actions. What an action may ask of the window around
the panels says `shell`. May import ``session`` and ``spec``, and of ``gui`` the studio alone.
"""
