"""Files become tables and picture sets, and those become the arrays that a network takes.

- ``source``: open a table or an image folder; ``text_table``, ``pictures`` and ``image_set`` read them, ``cache`` keeps
  what they read
- ``profile`` and ``suggest``: what a column holds, and what it seems to be for
- ``table`` and ``columns``: look into the cached file without copying it
- ``split``, ``targets``, ``fit``, ``fill``, ``encode``: deal the rows out, fit an ``encoding`` made of ``encoders`` on
  the training rows, and make arrays with it
- ``apply`` and ``write``: use the encoding on a new file, and write what was predicted

Imports `nnstudio.spec`, numpy, pandas, pyarrow, Pillow and platformdirs; neither torch nor Qt. Only ``text_table``
(and with it ``source``, ``encode`` and ``apply``) imports pandas: the window shares ``table`` and ``suggest``, but not
pandas.
"""
