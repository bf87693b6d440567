"""The only place that reads the clock."""

import os
from datetime import UTC, datetime, timedelta

#: A test process may live at another moment: whole seconds added to the machine's clock.
SHIFT_VARIABLE = "TRAINING_CLOCK_SHIFT_SECONDS"


def now() -> datetime:
    """The present moment, aware, in UTC, to the microsecond."""
    moment = datetime.now(UTC)
    shift = os.environ.get(SHIFT_VARIABLE)
    return moment + timedelta(seconds=int(shift)) if shift else moment
