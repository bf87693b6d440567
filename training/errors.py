"""The only place for the kinds of refusal; each carries a sentence for the person, none knows a status code."""

from collections.abc import Iterable


class TrainingError(Exception):
    """Something a person is told. `str(error)` is the sentence, and says the way back."""


class NotFound(TrainingError):
    """It does not exist, or it is not for this viewer to know that it does."""

    def __init__(self, message: str = "There is nothing here under that address, or it is not yours to see.") -> None:
        super().__init__(message)


class NotAllowed(TrainingError):
    """The viewer is known and has no right to this."""


class Refused(TrainingError):
    """A rule says no to an act that was well formed."""


class Invalid(TrainingError):
    """The input cannot be understood; `problems` names each fault in a sentence."""

    def __init__(self, message: str, problems: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.problems: tuple[str, ...] = tuple(problems)


class Conflict(TrainingError):
    """Somebody else changed the same thing first; nothing was overwritten."""


class TooMany(TrainingError):
    """Too many tries; the sentence says when the next one opens."""


class Busy(TrainingError):
    """The record could not be written just now; nothing was recorded."""


class SetupError(TrainingError):
    """The installation cannot run as it is configured; the sentence says what to change."""
