"""Captures of machines, and the program that makes those of them that were written by hand."""
