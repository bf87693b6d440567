"""The use cases of courses: publishing, finding what is in force, reading, trying a knowledge check."""

from training.courses.service.checks import Tried, open_check, try_check
from training.courses.service.library import Library, library, material
from training.courses.service.pages import SectionPage, check_part, section_page
from training.courses.service.publishing import by_digest, current, editions, find_current, history, publish
from training.courses.service.reading import finish_section, keep_place, module_progress, reading_progress

__all__ = [
    "Library",
    "SectionPage",
    "Tried",
    "by_digest",
    "check_part",
    "current",
    "editions",
    "find_current",
    "finish_section",
    "history",
    "keep_place",
    "library",
    "material",
    "module_progress",
    "open_check",
    "publish",
    "reading_progress",
    "section_page",
    "try_check",
]
