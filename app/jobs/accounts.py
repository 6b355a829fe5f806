"""What accounts need done that no page waits for."""
