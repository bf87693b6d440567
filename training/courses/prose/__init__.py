"""The only place that turns the course's Markdown into safe HTML."""

from training.courses.prose.inline import Inline, fill, inline, read_inline
from training.courses.prose.marks import Ref, RefKind
from training.courses.prose.sections import Rendered, render_section

__all__ = ["Inline", "Ref", "RefKind", "Rendered", "fill", "inline", "read_inline", "render_section"]
