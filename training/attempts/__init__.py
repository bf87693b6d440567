"""The only place for taking a quiz: starting, answering, submitting, and what comes of it."""
