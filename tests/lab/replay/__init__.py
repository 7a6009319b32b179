"""Machines that answer what a capture has: see captures/README.md."""
