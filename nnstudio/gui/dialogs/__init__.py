"""Windows that ask or tell: files, leave to lose something, shortcuts, about."""
