"""What an audit leaves in the ledger."""

from archive.core.ledger.entries import parse_entry
from tests.changes import Changing


def test_settings_edited_before_an_audit_do_not_turn_its_clock_back(changing: Changing) -> None:
    changing.configure("# edited by hand\n")
    changing("audit")
    times = [parse_entry(raw).time for raw in changing.made.opened.ledger.entries()]
    assert times == sorted(times)
    report = changing("audit")
    assert [one["code"] for one in report["findings"]] == []
    assert report["started"] <= report["finished"]
