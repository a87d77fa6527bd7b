"""Everything that a project says, field by field, titled and worded as the window shows it."""
