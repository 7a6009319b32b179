"""The collection under lasting disturbance: what it costs the machines, counted from outside; run by ``make soak``."""
