"""What people can do, whoever asks: pages, jobs, commands. Knows nothing of Flask."""
