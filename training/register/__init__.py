"""The only place for the manager's desk: the register, and one person's page."""
