"""The only place for practicals: sheets, observations, the result the rules give, and signing."""
