"""Which rows train, validate and test, and which file or moment they belong to."""
