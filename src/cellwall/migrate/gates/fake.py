"""A gate that answers what it was told, for tests of whatever calls gates."""

from dataclasses import dataclass, field

from cellwall.migrate.gates.gate import Subject, Verdict


@dataclass(slots=True)
class FakeGate:
    """Give `verdict` for every patch and remember what was judged in `judged`."""

    name: str
    verdict: Verdict
    judged: list[Subject] = field(default_factory=list)

    def judge(self, subject: Subject) -> Verdict:
        """Remember the subject and give the verdict."""
        self.judged.append(subject)
        return self.verdict
