"""The only place for the SQL of courses."""
