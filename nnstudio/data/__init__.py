"""Files become tables and picture sets, and those become the arrays that a network takes.

- ``detect``: what a file or folder is; ``source``: open it; ``cache`` keeps what was read
- ``reading``: files of each format become Arrow tables; ``pictures``: picture files do
- ``table`` and ``columns``: look into the cached file without copying it
- ``profiling``: what a column holds, how it is meant, and what it says about the target; ``suggest``: what it is for
- ``splitting``: deal the rows out; ``targets`` and ``answers``: what is asked, and what is answered
- ``encoding``: fit on the training rows, make arrays, do the same to a new file
- ``write``: predictions beside their rows

Imports `nnstudio.spec`, numpy, pandas, pyarrow, Pillow, charset-normalizer, openpyxl, platformdirs; not torch nor
Qt. Only the readers (`reading.text_table` imports pandas) do so when they are needed: the window shares ``table`` and
``suggest``, but not pandas.
"""
