"""The build hook: a package of collabpad holds its page's third-party JavaScript, ready built."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent / "frontend"))

import bundle
import node


class VendorBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Builds `collabpad/static/vendor` before it is packed, unless it is there and current."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node.js from PyPI, only where something must be built and the machine has none."""
        if bundle.is_current(Path(self.root)) or node.node_on_path() is not None:
            return []
        return [node.NODE_REQUIREMENT]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is stale; a failure ends the build with its one sentence."""
        try:
            if bundle.build(Path(self.root)):
                self.app.display_info("Built the page's third-party JavaScript")
        except node.BundleError as error:
            self.app.abort(str(error))
