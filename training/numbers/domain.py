"""The only place for what a house number is and how its values are written out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

#: The last word of a value's name that is a unit, and how it is written behind the value.
_UNITS: Final[Mapping[str, str]] = {
    "percent": "%",
    "newtons": "N",
    "celsius": "°C",
    "kg": "kg",
    "ml": "ml",
    "mm": "mm",
    "cm": "cm",
    **{unit: unit for unit in ("seconds", "minutes", "hours", "days", "weeks", "months", "years", "sessions")},
}

#: From here on thousands are set apart.
_GROUPED_FROM: Final = 10_000

#: What one value of a house number may be.
Value = int | float | str


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseNumber:
    """One editable threshold, or a few that belong together."""

    #: `HP-12`; never reused
    id: str
    title: str
    #: name → value; the unit is in the name (`utilisation_percent`)
    values: Mapping[str, Value]
    #: what it rests on: `house` alone, or `house, from` the sources
    basis: str
    note: str = ""
    #: bibliography numbers it was taken from
    sources: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Numbers:
    """All house numbers of one edition."""

    by_id: Mapping[str, HouseNumber]

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Self:
        """Read back what `to_body` wrote."""
        return cls({n["id"]: HouseNumber(**{**n, "sources": tuple(n["sources"])}) for n in body["numbers"]})

    def to_body(self) -> dict[str, Any]:
        """As published: plain JSON values, in order of id."""
        return {
            "numbers": [
                {
                    "id": number.id,
                    "title": number.title,
                    "values": dict(number.values),
                    "basis": number.basis,
                    "note": number.note,
                    "sources": list(number.sources),
                }
                for number in sorted(self.by_id.values(), key=lambda number: number.id)
            ]
        }

    def find(self, id_: str) -> HouseNumber | None:
        """The house number `id_`, if there is one."""
        return self.by_id.get(id_)

    def value(self, id_: str, name: str) -> Value:
        """One value. Raises KeyError when the edition has no such number or value."""
        return self.by_id[id_].values[name]


def shown(value: Value) -> str:
    """A value as prose prints it: no trailing zeros, a true minus sign."""
    if isinstance(value, str):
        return value
    text = f"{value:.10g}" if abs(value) < _GROUPED_FROM else f"{value:,.10g}"
    return text.replace("-", "\N{MINUS SIGN}")


def described(number: HouseNumber) -> str:
    """All values with their names: "L1: 10 %, dynamic factor: 1.6"."""
    return ", ".join(_described(name, value) for name, value in number.values.items())


def _described(name: str, value: Value) -> str:
    words = [word.upper() if re.fullmatch(r"l\d", word) else word for word in name.split("_")]
    unit = _UNITS.get(words[-1], "")
    what = " ".join(words[:-1] if unit else words)
    amount = f"{shown(value)} {unit}".rstrip()
    return f"{what}: {amount}" if what else amount
