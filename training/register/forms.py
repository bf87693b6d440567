"""The only place for what the register and a person's page are asked: filters, the moment, and what was known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_LONGEST_FIND: Final = 80
_LAST_PAGE: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question to the register. `at_text` and `known_text` are as typed, to show them again."""

    at: datetime
    known_at: datetime
    is_now: bool
    knows_now: bool
    at_text: str
    known_text: str
    find: str
    site: str
    authorisation: str
    status: str
    page: int
    #: of the evidence on a person's page
    facts_page: int

    @property
    def moment_query(self) -> dict[str, str]:
        """The two moments, for a link that asks about them again."""
        pairs = {"at": "" if self.is_now else self.at_text, "known": "" if self.knows_now else self.known_text}
        return {name: text for name, text in pairs.items() if text}

    @property
    def query(self) -> dict[str, str]:
        """All of it but the page, for the links of the pager."""
        pairs = {
            "find": self.find,
            "site": self.site,
            "authorisation": self.authorisation,
            "status": self.status,
            **self.moment_query,
        }
        return {name: text for name, text in pairs.items() if text}


def read(args: Mapping[str, str], *, now: datetime, zone: str) -> tuple[Asked, list[str]]:
    """The question in `args`, and a sentence for each part that could not be read (it then means now).

    A day alone means the end of that day in `zone`, and today means now.
    """
    problems: list[str] = []
    moments: dict[str, datetime] = {}
    for name, label in (("at", "As of"), ("known", "As known on")):
        text = args.get(name, "").strip()
        found = _moment(text, now=now, zone=zone)
        if found is None:
            problems.append(
                f"{label}: “{text[:40]}” is not a day or a moment. Write it like 2026-11-26 or 2026-11-26T14:00."
            )
        moments[name] = found or now
    asked = Asked(
        at=moments["at"],
        known_at=moments["known"],
        is_now=moments["at"] == now,
        knows_now=moments["known"] >= now,
        at_text=args.get("at", "").strip()[:40],
        known_text=args.get("known", "").strip()[:40],
        find=args.get("find", "").strip()[:_LONGEST_FIND],
        site=args.get("site", ""),
        authorisation=args.get("authorisation", ""),
        status=args.get("status", ""),
        page=_page(args.get("page", "")),
        facts_page=_page(args.get("facts", "")),
    )
    return asked, problems


def _page(text: str) -> int:
    """A page number from 1; what is none means the first."""
    return min(max(int(text), 1), _LAST_PAGE) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _moment(text: str, *, now: datetime, zone: str) -> datetime | None:
    if not text:
        return now
    here = ZoneInfo(zone)
    try:
        if len(text) == len("2026-11-26"):
            asked_day = date.fromisoformat(text)
            if not 1900 < asked_day.year < 9000:
                return None
            if asked_day == now.astimezone(here).date():
                return now
            return datetime.combine(asked_day + timedelta(days=1), time(), here) - timedelta(microseconds=1)
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    # The years a zone can still be computed in.
    if not 1900 < found.year < 9000:
        return None
    return found if found.tzinfo else found.replace(tzinfo=here)
