"""Whether a model file suits neural processors, from the file alone: nothing is run."""

from litedenoise_sdk.tools.lint.report import LintReport, lint

__all__ = ["LintReport", "lint"]
