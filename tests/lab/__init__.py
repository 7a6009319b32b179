"""The lab: a fleet of Windows machines on this computer, served over real WinRM (see README.md here)."""
