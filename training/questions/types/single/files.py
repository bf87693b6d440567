"""The only place for what a single-choice item looks like in a content file."""

from typing import Final

from training.questions.types.choosing import Option
from training.questions.types.files import Entry, Written
from training.questions.types.single.domain import Single


class SingleEntry(Entry):
    """Options with `right` and `why` each."""

    options: tuple[Written, ...]
    fixed_order: bool = False

    def task(self) -> Single:
        options = tuple(Option(id=one.id, text=one.text, right=one.right, why=one.why) for one in self.options)
        return Single(options=options, fixed_order=self.fixed_order)


ENTRY: Final = SingleEntry
