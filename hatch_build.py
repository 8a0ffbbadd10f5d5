"""The build hook: a package of collabpad holds its page's third-party JavaScript, ready built."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def load_bundle(root: Path) -> ModuleType:
    """`frontend/bundle.py` as a module; the build does not have this folder on its path."""
    spec = importlib.util.spec_from_file_location(
        "collabpad_bundle", root / "frontend" / "bundle.py"
    )
    if spec is None or spec.loader is None:
        raise FileNotFoundError(root / "frontend" / "bundle.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class VendorBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Builds `collabpad/static/vendor` before it is packed, unless it is there and current."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node.js from PyPI, only where something must be built and the machine has none."""
        bundle = load_bundle(Path(self.root))
        if bundle.is_current(Path(self.root)) or bundle.npm_on_path() is not None:
            return []
        return [bundle.NODE_REQUIREMENT]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is stale; a failure ends the build with its one sentence."""
        bundle = load_bundle(Path(self.root))
        try:
            if bundle.build(Path(self.root)):
                self.app.display_info("Built the page's third-party JavaScript")
        except bundle.BundleError as error:
            self.app.abort(str(error))
