"""Tables that several panels show: quiet ones, mapped ones with a million rows, small ones of cells.

Imports `nnstudio.data` and of `nnstudio.gui` what is no panel; nobody's delegates and no words of a panel lie here.
"""
