"""The only place for what a multiple-response item looks like in a content file."""

from typing import Final

from training.questions.types.choosing import Option
from training.questions.types.files import Entry, Written
from training.questions.types.multiple.domain import Multiple


class MultipleEntry(Entry):
    """Options with `right` and `why` each."""

    options: tuple[Written, ...]
    fixed_order: bool = False

    def task(self) -> Multiple:
        options = tuple(Option(id=one.id, text=one.text, right=one.right, why=one.why) for one in self.options)
        return Multiple(options=options, fixed_order=self.fixed_order)


ENTRY: Final = MultipleEntry
