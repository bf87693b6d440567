"""The only place for the bench: what a main page costs, against a bare page of the same parts on the same machine."""
