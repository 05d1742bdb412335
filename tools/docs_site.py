"""What the site has beside `docs`: the version, the repository's address, and the examples."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from pulumi_capig._version import __version__

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = {".j2": "jinja", ".py": "python", ".yaml": "yaml", ".yml": "yaml"}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the version into the footer, and the repository into the header if it has an address."""
    config.copyright = f"pulumi_capig {__version__}"
    config.repo_url = repository()
    config.repo_name = "Repository"
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Make a page of each example's README."""
    for readme in sorted(ROOT.glob("examples/*/README.md")):
        page = f"examples/{readme.parent.name}.md"
        files.append(File.generated(config, page, abs_src_path=str(readme)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let links lead where the site has what they point to."""
    source = page.file.src_uri
    if source.startswith("examples/"):
        return _example(markdown, ROOT / Path(source).with_suffix(""))
    markdown = re.sub(
        r"\]\(((?:\.\./)*)\.\./examples/([\w-]+)/README\.md", r"](\1examples/\2.md", markdown
    )
    return markdown.replace("<!-- version -->", _about(config))


def _about(config: MkDocsConfig) -> str:
    version = f"These pages describe version {__version__}."
    return f"{version} [Repository]({config.repo_url})" if config.repo_url else version


def _example(markdown: str, folder: Path) -> str:
    """A README, with the files that it links to below it."""
    markdown = markdown.replace("](../../docs/", "](../")
    markdown = re.sub(r"\]\(\.\./([\w-]+)/README\.md", r"](\1.md", markdown)
    names = [n for n in re.findall(r"\]\(([\w.-]+)\)", markdown) if (folder / n).is_file()]
    for name in names:
        markdown = markdown.replace(f"]({name})", f"](#{_anchor(name)})")
    shown = [_file(folder / name) for name in dict.fromkeys(names)]
    return "\n\n".join([markdown, "## The files", *shown] if shown else [markdown])


def _file(path: Path) -> str:
    language = LANGUAGES.get(path.suffix, "text")
    heading = f"### `{path.name}` {{ #{_anchor(path.name)} }}"
    return f"{heading}\n\n````{language}\n{path.read_text('utf-8').rstrip()}\n````"


def _anchor(name: str) -> str:
    return "file-" + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def repository() -> str | None:
    """The address of the repository that the site is built from, if it can be opened in a browser.

    CI systems say it; in a clone it is the remote called `origin`.
    """
    if slug := os.environ.get("GITHUB_REPOSITORY"):
        return f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{slug}"
    if address := os.environ.get("CI_PROJECT_URL"):
        return address
    command = ["git", "-C", str(ROOT), "config", "--get", "remote.origin.url"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return browsable(done.stdout.strip())


def browsable(remote: str) -> str | None:
    """The page of a Git remote, without credentials; None if it is a path."""
    match = re.fullmatch(
        r"(?:https://(?:[^@/]*@)?|ssh://(?:[^@/]*@)?|[^@/]+@)([\w.-]+)(?::\d+)?[:/](.+?)(?:\.git)?/?",
        remote,
    )
    return f"https://{match[1]}/{match[2]}" if match else None
