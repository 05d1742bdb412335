"""The operations that are played, a file for each page of the reference."""
