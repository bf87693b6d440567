"""The only place for who there is: persons, memberships, sites, main trainers, invitations and signing in."""
