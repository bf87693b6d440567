"""The only place for who may work: the rulebook, the standing it gives, and the one way in for facts."""
