"""What one audit comes to: the words say which operations are not covered."""

from cellwall.audit.coverage import Coverage, Row
from cellwall.audit.outcome import Outcome, Status
from cellwall.audit.report import AuditReport


def test_operations_that_got_no_foreign_id_are_named() -> None:
    probed = Row("GET /loans/{id}", True, {"read": Outcome(Status.TESTED)})
    left = tuple(Row(f"POST /loans{number}", True) for number in range(7))
    report = AuditReport("app", 0, (), Coverage(("read",), (probed, *left)), dynamic=True)
    assert report.too_little(90).endswith(
        "not: POST /loans0, POST /loans1, POST /loans2, POST /loans3, POST /loans4 and 2 more"
    )
    assert report.too_little(0) == ""
