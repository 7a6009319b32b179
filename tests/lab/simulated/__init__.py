"""Simulated Windows machines: registry, services, files and event logs with the native tools over them."""
