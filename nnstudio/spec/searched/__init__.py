"""Which fields of a project can be searched, over what they usually range, and a trial's values put into a project."""
