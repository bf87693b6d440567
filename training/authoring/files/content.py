"""The only place for what all content together is."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from training.clearance.domain import Policy
from training.courses.files import LoadedCourse
from training.numbers.domain import Numbers
from training.practicals.domain.sheet import Sheet
from training.questions.domain import Bank


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """All content as far as it is whole."""

    root: Path
    course: LoadedCourse
    numbers: Numbers
    #: by module id
    banks: Mapping[str, Bank]
    policy: Policy | None
    sheets: tuple[Sheet, ...]

    def name(self, path: Path | str) -> str:
        """A file as an author names it: `content/modules/…`."""
        try:
            return str(Path(path).relative_to(self.root.parent))
        except ValueError:
            return str(path)
