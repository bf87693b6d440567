"""The only place for the use cases of practicals: the queue, filling in a sheet, signing it."""

from training.practicals.service.filling import Rated, close_unsigned, rate, start, take_over
from training.practicals.service.queue import Progress, Queue, progress, queue
from training.practicals.service.sheets import OpenView, open_sheet
from training.practicals.service.signing import (
    SIGNING_LIFE,
    Recorded,
    SignedView,
    ToSign,
    WrongPassword,
    sign,
    signed_view,
    to_sign,
)

__all__ = [
    "SIGNING_LIFE",
    "OpenView",
    "Progress",
    "Queue",
    "Rated",
    "Recorded",
    "SignedView",
    "ToSign",
    "WrongPassword",
    "close_unsigned",
    "open_sheet",
    "progress",
    "queue",
    "rate",
    "sign",
    "signed_view",
    "start",
    "take_over",
    "to_sign",
]
