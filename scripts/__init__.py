"""Programs around the system: starting it here, checking it, picturing it."""
