"""The pictures: drawn from text, readable on a phone, and all that pages show exist."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from tests.support.markdown import DOCS, PAGES, ROOT, name

PICTURES = sorted((DOCS / "pictures").glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"
PHONE = 358  # pixels that a screen of 390 leaves for a picture


def stem(picture: Path) -> str:
    return picture.stem


def root_of(picture: Path) -> ElementTree.Element:
    return ElementTree.fromstring(picture.read_bytes())  # noqa: S314 - it is one of ours


def images(page: Path) -> list[tuple[str, str]]:
    """The alternative text and the target of each image of a page."""
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    return re.findall(r"!\[([^\]]*)\]\(([^)\s#]+)", text)


@pytest.mark.parametrize("page", [page for page in PAGES if images(page)], ids=name)
def test_the_images_of_a_page_exist_and_are_described(page: Path) -> None:
    for description, target in images(page):
        assert (page.parent / target).is_file(), target
        assert len(description) > 20, target


def test_each_picture_is_shown() -> None:
    shown = {(page.parent / target).resolve() for page in PAGES for _, target in images(page)}
    assert {path for path in (DOCS / "pictures").iterdir() if path not in shown} == set()


@pytest.mark.parametrize("picture", PICTURES, ids=stem)
def test_a_picture_says_what_it_shows(picture: Path) -> None:
    root = root_of(picture)
    assert root.attrib["role"] == "img"
    for identifier, tag in zip(
        root.attrib["aria-labelledby"].split(), ("title", "desc"), strict=True
    ):
        element = root.find(f"{SVG}{tag}")
        assert element is not None
        assert element.attrib["id"] == identifier
        assert element.text


@pytest.mark.parametrize("picture", PICTURES, ids=stem)
def test_a_picture_is_readable_on_a_phone_and_in_the_dark(picture: Path) -> None:
    root = root_of(picture)
    style = root.findtext(f"{SVG}style") or ""
    sizes = [float(size) for size in re.findall(r"([\d.]+)px system-ui", style)]
    assert sizes
    assert min(sizes) * PHONE / float(root.attrib["width"]) > 11
    assert "prefers-color-scheme:dark" in style
    assert not re.search(
        r"https?:(?!//www\.w3\.org/2000/svg)|url\((?!#)", picture.read_text("utf-8")
    )


def test_a_picture_of_a_page_is_small() -> None:
    sizes = {path.name: path.stat().st_size for path in (DOCS / "pictures").glob("*.webp")}
    assert sizes
    assert max(sizes.values()) < 150_000, sizes


def test_the_pictures_are_what_is_drawn(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "tools/pictures/draw.py", tmp_path], cwd=ROOT, check=True)
    drawn = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    assert drawn == {path.name: path.read_text("utf-8") for path in PICTURES}
