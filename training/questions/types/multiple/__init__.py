"""The only place for multiple response: every right option and no other."""
