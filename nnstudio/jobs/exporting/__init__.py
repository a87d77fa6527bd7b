"""The job that takes a trained model out of the program, and a writer for each kind of `nnstudio.spec.exports`."""
