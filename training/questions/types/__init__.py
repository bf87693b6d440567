"""The only place that knows which item types there are: every folder beside this file is one."""

import pkgutil
from functools import cache
from importlib import import_module

from training.questions.types.task import Task


@cache
def kinds() -> tuple[str, ...]:
    """The names of all item types, in alphabetical order."""
    return tuple(sorted(found.name for found in pkgutil.iter_modules(__path__) if found.ispkg))


@cache
def task_type(kind: str) -> type[Task]:
    """The class that holds and marks what a `kind` item asks. Raises KeyError for a kind there is no folder for."""
    if kind not in kinds():
        raise KeyError(kind)
    found: type[Task] = import_module(f"{__name__}.{kind}.domain").TASK
    return found
