"""The step between password and session."""
