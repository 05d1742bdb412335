"""What the site's hook makes of tables."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from markdown import markdown

from tools.docs_tables import on_page_content


def test_each_cell_knows_the_heading_of_its_column() -> None:
    page = '| `a` | "b" & c | |\n| --- | :-: | --- |\n| 1 | 2 | 3 |\n| | <b>5</b> | 6 |\n\ntext'
    html = on_page_content(markdown(page, extensions=["tables"]), page=None)
    cells = ElementTree.fromstring(f"<page>{html}</page>").iter("td")  # noqa: S314 - made above
    shown = [(cell.get("data-label"), "".join(cell.itertext())) for cell in cells]
    b = '"b" & c'
    assert shown == [("a", "1"), (b, "2"), ("", "3"), ("a", ""), (b, "5"), ("", "6")]


def test_what_is_no_table_stays_as_it_is() -> None:
    html = "<p>a <td> in text</p><table class='other'><tr><td>1</td></tr></table>"
    assert on_page_content(html) == html
