"""One way in which a test proves less than before: where, what, and both texts. Data only."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Weakening:
    """One thing that a patch weakened.

    Attributes:
        path, line: where: in the new text, or in the old one for what is gone.
        test: id of the test, fixture, helper or class; "" for the module.
        what: a few words, e.g. "assertion changed".
        before, after: the line as it was and as it is; "" where there is none.
    """

    path: str
    line: int
    test: str
    what: str
    before: str = ""
    after: str = ""

    def text(self) -> str:
        """Give one line for people."""
        unit = f"{self.path}::{self.test}" if self.test else "the module"
        said = f"{self.path}:{self.line}: {self.what} in {unit}"
        if self.before and self.after:
            return f"{said}: `{self.before}` became `{self.after}`"
        return said + (f": `{self.before or self.after}`" if self.before or self.after else "")

    def figures(self) -> dict[str, object]:
        """Give the fields as JSON values."""
        return asdict(self)
