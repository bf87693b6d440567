"""The only place for the three homes: the trainee's way, the senior's day, the manager's desk."""
