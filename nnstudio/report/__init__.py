"""What a trained model is and how good it is, as a page for people: values that were gathered become HTML and Markdown.

`content` says what a report is made of, `page` and `card` render it with the templates of ``resources/report``. Nothing
here reads the data, asks a network or computes a score. Imports `nnstudio.session`, `nnstudio.data` and below.
"""
