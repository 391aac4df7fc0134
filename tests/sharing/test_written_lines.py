"""The source tells which lines write a global or a class attribute, and no others."""

from hypothesis import given
from hypothesis import strategies as st

from cellwall.sharing.written_lines import written_lines

SOURCE = """\
LAST = None
SEEN = {}
RECENT = []

def remember(user):
    global LAST
    LAST = user
    SEEN[user] = 1
    RECENT.append(user)
    SEEN.setdefault(user, []).append(1)
    return LAST

def local(user, SEEN):
    RECENT = []
    RECENT.append(user)
    SEEN[user] = 2
    print(user)

class Service:
    user = None
    users = []

    def a(self, user):
        self.users.append(user)
        type(self).user = user

    @classmethod
    def b(cls, user):
        cls.user = user

    class Inner:
        def c(self):
            self.__class__.x = 1

def outside(user):
    Service.user = user
    del Service.user
    (lambda: SEEN.clear())()
"""


def test_each_write_is_told_at_its_line() -> None:
    lines = SOURCE.splitlines()
    told = {name: [lines[line - 1].strip() for line in at] for name, at in written_lines(SOURCE).items()}
    assert told["LAST"] == ["LAST = user"]
    assert told["SEEN"] == [
        "SEEN[user] = 1",
        "SEEN.setdefault(user, []).append(1)",
        "(lambda: SEEN.clear())()",
    ]
    assert told["RECENT"] == ["RECENT.append(user)"]
    assert told["Service.users"] == ["self.users.append(user)"]
    assert told["Service.user"] == [
        "type(self).user = user",
        "cls.user = user",
        "Service.user = user",
        "del Service.user",
    ]
    assert told["Service.Inner.x"] == ["self.__class__.x = 1"]


@given(st.text())
def test_any_text_is_read(source: str) -> None:
    assert isinstance(written_lines(source.replace("\0", "")), dict)
