"""The only place that lays out a person's timeline: periods and facts on one axis. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from training.clearance.domain import Period, Status
from training.evidence.domain import Fact, Kind
from training.words import day, moment

_LEFT: Final = 170.0  # the lane names stand left of it
_RIGHT: Final = 1170.0
_LANE: Final = 50.0
_TOP: Final = 38.0
_HALF_FLAG: Final = 62.0
_LEAST: Final = timedelta(days=120)  # a shorter axis makes hours look like news
_LETTER: Final = 7.0  # about the width of one at 12 px
_LONGEST: Final = timedelta(days=366 * 6)
_DECISIONS: Final = frozenset({Kind.PRACTICAL_SIGNED, Kind.FOUNDING_CONFIRMED, Kind.SUSPENSION_LIFTED})
_AGAINST: Final = frozenset({Kind.SUSPENDED, Kind.VOIDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A period on its lane; `label` is empty where it would not fit."""

    x: float
    y: float
    width: float
    status: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A fact on the axis; shape is dot, diamond or cross."""

    x: float
    shape: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The picture, in SVG units; `told` is the same in words."""

    height: float
    ticks: tuple[tuple[float, str], ...]
    lanes: tuple[tuple[float, str], ...]
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    cursor: float
    flag: float
    flag_text: str
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Axis:
    begin: datetime
    end: datetime

    def x(self, at: datetime) -> float:
        share = (at - self.begin) / (self.end - self.begin)
        return round(_LEFT + min(1.0, max(0.0, share)) * (_RIGHT - _LEFT), 1)


def lay_out(
    lanes: Sequence[tuple[str, Sequence[Period]]], facts: Iterable[Fact], *, at: datetime, zone: str
) -> Timeline:
    """The timeline around `at`: from the first fact to the last end that is known, at least four months.

    `lanes`: the title of each authorisation with its periods, a total cover of time.
    """
    facts = tuple(facts)
    axis = _axis(lanes, facts, at=at)
    bars: list[Bar] = []
    told: list[str] = []
    for number, (title, periods) in enumerate(lanes):
        y = _TOP + number * _LANE
        for period in periods:
            if period.answer.status is Status.NONE:
                continue
            start, end = max(period.during.start, axis.begin), min(period.during.end, axis.end)
            if start >= end:
                continue
            name = _name(period)
            x, width = axis.x(start), round(axis.x(end) - axis.x(start), 1)
            fits = len(name) * _LETTER + 16 <= width
            bars.append(
                Bar(x=x, y=y, width=max(width, 2.0), status=period.answer.status.value, label=name if fits else "")
            )
            until = "on" if period.during.end > axis.end else f"until {moment(period.during.end, zone)}"
            told.append(f"{title}: {name}, from {moment(period.during.start, zone)} {until}.")
    cursor = axis.x(at)
    return Timeline(
        height=_TOP + len(lanes) * _LANE + 40,
        ticks=_ticks(axis),
        lanes=tuple((_TOP + number * _LANE + 16, title) for number, (title, _) in enumerate(lanes)),
        bars=tuple(bars),
        marks=tuple(
            Mark(x=axis.x(fact.happened_at), shape=_shape(fact)) for fact in facts if fact.happened_at >= axis.begin
        ),
        cursor=cursor,
        flag=min(max(cursor, _LEFT), _RIGHT - _HALF_FLAG),
        flag_text=moment(at, zone),
        told=tuple(told),
    )


def _axis(lanes: Sequence[tuple[str, Sequence[Period]]], facts: Sequence[Fact], *, at: datetime) -> _Axis:
    inner = [
        edge
        for _, periods in lanes
        for period in periods
        for edge in (period.during.start, period.during.end)
        if abs(edge - at) < _LONGEST
    ]
    moments = [at, *(fact.happened_at for fact in facts if abs(fact.happened_at - at) < _LONGEST), *inner]
    begin, end = min(moments), max(moments)
    spare = max((end - begin) * 0.05, timedelta(days=5), (_LEAST - (end - begin)) / 2)
    return _Axis(begin - spare, end + spare)


def _ticks(axis: _Axis) -> tuple[tuple[float, str], ...]:
    months = (axis.end - axis.begin).days // 30
    step = next((one for one in (1, 2, 3, 6, 12) if months / one <= 8), 12)
    ticks: list[tuple[float, str]] = []
    year, month = axis.begin.year, axis.begin.month
    while True:
        month += 1
        if month > 12:
            year, month = year + 1, 1
        first = datetime(year, month, 1, tzinfo=UTC)
        if first > axis.end:
            return tuple(ticks)
        # A name that would run over the edge is left out.
        if (month - 1) % step == 0 and axis.x(first) < _RIGHT - 8 * _LETTER:
            ticks.append((axis.x(first), day(first, "UTC").split(" ", 1)[1]))


def _name(period: Period) -> str:
    answer = period.answer
    word = answer.status.value.replace("_", " ").capitalize()
    if answer.may_work and answer.grade:
        word = f"{answer.grade.capitalize()} {answer.load_cap or ''}".strip()
        return f"{word}, renewal due" if answer.status is Status.RENEWAL_DUE else word
    return word


def _shape(fact: Fact) -> str:
    if fact.kind in _AGAINST:
        return "cross"
    return "diamond" if fact.kind in _DECISIONS else "dot"
