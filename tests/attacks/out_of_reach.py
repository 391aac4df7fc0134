"""Attacks that a wall cannot stop, each with the reason and with what stops it. None is left out silently.

A test holds this list to the truth: what stands here leaks there, and is refused by every other wall.
"""

from typing import Final

DRIVER = (
    "code that digs the driver's connection out of the process's memory works past SQLAlchemy, where the "
    "guard is; row-level security and one file per user stop it"
)
NAMED = (
    "the database believes whatever owner a transaction names; a signed owner (OwnerSigner) stops it, and so "
    "does one file per user"
)
ADDRESS = (
    "the engine's address is in the process, and a connection made with it is the application's; row-level "
    "security, which shows such a connection nothing, and one file per user stop it"
)
FILES = (
    "all users' files belong to one user of the operating system, and code in the process may open any; "
    "row-level security stops it, since there is no file in the application's reach"
)
KEYS = (
    "a primary key is unique among all users, so a collision tells that a guessed id is taken; random ids "
    "(uuid4), a primary key that begins with the owner, and one file per user stop it"
)
SEQUENCE = "a sequence counts for all users; random ids (uuid4) and one file per user stop it"
GUARD: Final = ("guarded", "guarded_postgres")
POSTGRES: Final = ("guarded_postgres", "row_level", "signed")
SHARED: Final = ("guarded", *POSTGRES)

OUT_OF_REACH: Final[dict[str, dict[str, str]]] = {
    "driver_itself": dict.fromkeys(GUARD, DRIVER),
    "driver_itself_writes": dict.fromkeys(GUARD, DRIVER),
    "driver_itself_copies": {"guarded_postgres": DRIVER},
    "driver_itself_names_the_victim": {"guarded_postgres": DRIVER, "row_level": NAMED},
    "driver_itself_takes_a_role": {"guarded_postgres": DRIVER},
    "engine_of_ones_own": dict.fromkeys(GUARD, ADDRESS),
    "file_opened": {"embedded": FILES, "guarded": FILES},
    "id_taken_by_victim": dict.fromkeys(SHARED, KEYS),
    "numbers_in_between": dict.fromkeys(POSTGRES, SEQUENCE),
}
