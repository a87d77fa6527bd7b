"""Gathers what is known of a trained model, from its file, its run, its data and its evaluation, and writes it down."""
