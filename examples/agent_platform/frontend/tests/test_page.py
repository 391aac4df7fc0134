"""The page shows what it is given, and no markup of users."""

from frontend.page import render_page


def test_name_and_threads():
    page = render_page("ada", threads=["Slow page", "Refund"])
    assert "Hello, ada" in page
    assert "<li>Slow page</li><li>Refund</li>" in page


def test_markup_is_escaped():
    page = render_page("<b>ada</b>", threads=["<script>alert(1)</script>"], token="</script>")
    assert "<b>ada" not in page
    assert "alert(1)</script>" not in page
    assert '"token": "\\u003c/script>"' in page
