"""The only place that says who works at the demo spa. Pure."""

from dataclasses import dataclass
from typing import Final

from training.permissions import Role

RIVERSIDE: Final = "Riverside"
OLD_TOWN: Final = "Old Town"

#: The demo's sites with their time zones.
SITES: Final = ((RIVERSIDE, "Europe/London"), (OLD_TOWN, "America/New_York"))

#: Words for passwords: short, plain, hard to mishear. Four of them and two digits are about 36 bits.
WORDS: Final = tuple(  # one text reads better than a list
    """amber anchor apple arrow autumn badge bamboo basil beacon berry birch blanket bottle branch bridge bucket butter
    button cabin candle canvas carbon castle cedar cellar chalk cherry circle clover cobalt coffee copper coral cotton
    cradle crater cricket crystal curtain daisy desert dinner dolphin dragon drawer ember engine falcon feather fennel
    fiddle finger flannel forest fossil galaxy garden garlic ginger glacier granite guitar hammer harbor hazel helmet
    hollow honey island ivory jacket jasmine jungle kettle kitten ladder lantern laurel lemon linen lizard magnet
    mango maple marble meadow melon mirror mitten monsoon muffin needle nutmeg oasis olive onyx orchid otter paddle
    parcel pebble pepper pickle pillow planet plaster pocket pollen poppy puzzle quarry quartz rabbit raisin raven
    ribbon river rocket saddle saffron salmon sandal satin shadow silver sketch spruce stable sugar summit sunset
    tango teapot temple thistle thunder ticket timber tulip tunnel turtle umbrella valley velvet violet waffle walnut
    wander willow window winter yarrow zephyr""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Somebody at the demo spa: `roles` with their sites; an administrator's site is None."""

    key: str
    name: str
    says: str  # what this person is for in the demo
    roles: tuple[tuple[Role, str | None], ...]

    @property
    def email(self) -> str:
        """An address nobody owns (RFC 2606)."""
        return f"{self.key}@footing.example"


PARTS: Final = (
    Part(
        key="priya",
        name="Priya Nair",
        says="Trainee, at the beginning: her documents wait for the manager",
        roles=((Role.THERAPIST, RIVERSIDE),),
    ),
    Part(
        key="tolu",
        name="Tolu Adeyemi",
        says="Senior therapist, founding assessor on the bar",
        roles=((Role.SENIOR, RIVERSIDE),),
    ),
    Part(
        key="rosa",
        name="Rosa Okafor",
        says="Manager of Riverside",
        roles=((Role.MANAGER, RIVERSIDE),),
    ),
    Part(
        key="lena",
        name="Lena Brandt",
        says="Senior therapist, assessor too; main trainer of Mara",
        roles=((Role.SENIOR, RIVERSIDE), (Role.SENIOR, OLD_TOWN)),
    ),
    Part(
        key="dario",
        name="Dario Ito",
        says="Manager of both sites; the second person for two-person acts",
        roles=((Role.MANAGER, RIVERSIDE), (Role.MANAGER, OLD_TOWN)),
    ),
    Part(
        key="mara",
        name="Mara Costa",
        says="Therapist, cleared for Ashiatsu on the bar",
        roles=((Role.THERAPIST, RIVERSIDE),),
    ),
    Part(
        key="jonas",
        name="Jonas Whitfield",
        says="Therapist, was cleared, now suspended",
        roles=((Role.THERAPIST, RIVERSIDE),),
    ),
    Part(
        key="ewa",
        name="Ewa Dimitrova",
        says="Trainee at Old Town: theory passed, ready to be observed",
        roles=((Role.THERAPIST, OLD_TOWN),),
    ),
    Part(
        key="ada",
        name="Ada Lindqvist",
        says="Administrator of the whole organisation",
        roles=((Role.ADMINISTRATOR, None),),
    ),
)
