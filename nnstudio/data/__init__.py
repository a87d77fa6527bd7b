"""Files become tables and picture sets, and those become the arrays that a network takes.

- ``detect``: what a file or folder is; ``source``: open it; ``readers`` says which module reads which type of source,
  ``cache`` keeps what they read
- ``text_table`` reads text in any ``dialect``, ``letters`` (encoding) and ``packed``: ``blocks`` of lines, ``parsing``
  them in threads, ``text_columns`` that spell numbers or dates
- ``profile``, ``kinds``, ``duplicates`` and ``relation``: what a column holds, how it is meant, and what it says about
  the target; ``suggest``: what it seems to be for
- ``table`` and ``columns``: look into the cached file without copying it
- ``split``, ``targets``, ``fit``, ``fill``, ``encode``: deal the rows out, fit an ``encoding`` made of ``encoders`` on
  the training rows, and make arrays with it
- ``apply`` and ``write``: use the encoding on a new file, and write what was predicted

Imports `nnstudio.spec`, numpy, pandas, pyarrow, Pillow, charset-normalizer, openpyxl, platformdirs; not torch nor
Qt. Only the readers (``text_table`` imports pandas) do so when they are needed: the window shares ``table`` and
``suggest``, but not pandas.
"""
