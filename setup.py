"""Puts the pages of docs/ that people ask about into the package; everything else stands in pyproject.toml."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

_PAGES = ("how-to/*.md", "reference/*.md", "policies.md", "workflow-behaviour.md")


class BuildWithPages(build_py):
    """The packages, and beside handlers/manual the pages that it answers from; from a checkout they are read in place."""

    def run(self) -> None:
        """Build, and copy the pages."""
        super().run()
        if self.editable_mode:
            return
        docs = Path("docs")
        for page in (page for pattern in _PAGES for page in docs.glob(pattern)):
            copy = Path(self.build_lib) / "handlers" / "manual" / "pages" / page.relative_to(docs)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(page, copy)


setup(cmdclass={"build_py": BuildWithPages})
