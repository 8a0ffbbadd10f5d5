"""Bundle the page's third-party JavaScript into `collabpad/static/vendor`.

Run by the build hook of the package, and by hand: `python frontend/bundle.py`. Only the standard
library is used, so that neither needs anything installed first. What is built depends on the files
that `fingerprint` reads and on nothing else; `vendor/STAMP` holds that fingerprint.

Beside the bundles lie their gzip forms, `THIRD_PARTY_LICENSES.txt`, and `imports.json`, which
tells for each bundle the chunks that it needs at once, for `modulepreload` links. The `.d.ts` files
lead the type checker from the bundles to the entries; they are in no package.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

from node import BundleError, install_packages

SWAP_ATTEMPTS = 3

ROOT = Path(__file__).resolve().parent.parent
PROJECT_FILES = ("package.json", "package-lock.json", ".npmrc")
ESBUILD_OPTIONS = (
    "--bundle",
    "--splitting",
    "--format=esm",
    "--minify",
    "--target=es2022",
    "--legal-comments=none",  # THIRD_PARTY_LICENSES.txt has them whole
    "--chunk-names=chunk-[hash]",
    "--log-level=warning",
)
TYPES = 'export * from "../../../frontend/entries/{}";\n'
LICENSE_NAME = re.compile(r"(licen[cs]e|copying|notice)([-.].*)?", re.IGNORECASE)


def vendor_folder(root: Path = ROOT) -> Path:
    """Where the built assets lie."""
    return root / "collabpad" / "static" / "vendor"


def entries(frontend: Path) -> list[Path]:
    """The bundles' entry modules, sorted: esbuild's chunk hashes depend on the order."""
    return sorted((frontend / "entries").glob("*.js"))


def fingerprint(root: Path = ROOT) -> str:
    """SHA-256 over the names and contents of everything that decides what is built."""
    frontend = root / "frontend"
    files = [Path(__file__), *(frontend / name for name in PROJECT_FILES), *entries(frontend)]
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{file.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def is_current(root: Path = ROOT) -> bool:
    """Whether the built assets are there and made from the present sources."""
    stamp = vendor_folder(root) / "STAMP"
    return stamp.is_file() and stamp.read_text("ascii").strip() == fingerprint(root)


def bundle(frontend: Path, output: Path) -> dict[str, Any]:
    """Run esbuild from `frontend/node_modules` and return what it tells of inputs and outputs."""
    metadata = frontend / "metadata.json"
    sources = entries(frontend)
    command = [
        _esbuild_program(frontend),
        *(str(source.relative_to(frontend)) for source in sources),
        *ESBUILD_OPTIONS,
        f"--outdir={output}",
        f"--metafile={metadata}",
    ]
    done = subprocess.run(command, cwd=frontend, capture_output=True, text=True)
    if done.returncode != 0:
        raise BundleError(f"esbuild could not bundle collabpad's page: {done.stderr.strip()}")
    told: dict[str, Any] = json.loads(metadata.read_text("utf-8"))
    return told


def _esbuild_program(frontend: Path) -> str:
    """esbuild's binary for this platform; its JavaScript launcher would want a postinstall."""
    platforms = frontend / "node_modules" / "@esbuild"
    for name in ("bin/esbuild", "esbuild.exe"):
        for program in sorted(platforms.glob(f"*/{name}")):
            return str(program)
    raise BundleError("npm offers no esbuild for this platform, so the page cannot be built.")


def bundled_packages(metadata: dict[str, Any]) -> dict[str, str]:
    """The bundled packages: name to folder below the frontend's.

    Raises BundleError for a package that is there twice: two copies of CodeMirror's state or of
    Yjs do not know each other's objects, and the page breaks in ways that no build shows.
    """
    found: dict[str, str] = {}
    for source in sorted(metadata["inputs"]):
        match = re.match(r"(.*node_modules/((?:@[^/]+/)?[^/]+))/", source)
        if match is None:
            continue
        folder, name = match[1], match[2]
        if found.setdefault(name, folder) != folder:
            raise BundleError(f"{name} would be bundled twice: {found[name]} and {folder}.")
    return found


def licenses(frontend: Path, packages: dict[str, str]) -> str:
    """The licence texts of everything that is bundled.

    Raises BundleError for a package that comes without one.
    """
    parts = ["The files in this folder are built from the following packages.\n"]
    for name, folder in sorted(packages.items()):
        about = json.loads((frontend / folder / "package.json").read_text("utf-8"))
        texts = [
            file.read_text("utf-8").replace("\r\n", "\n").strip()
            for file in sorted((frontend / folder).iterdir())
            if LICENSE_NAME.fullmatch(file.name) and file.is_file()
        ]
        if not texts:
            raise BundleError(f"{name} comes without the text of its licence.")
        heading = f"{name} {about['version']} ({about.get('license', 'see below')})"
        parts.append("\n\n".join(["=" * 80 + f"\n{heading}", *texts]) + "\n")
    return "\n".join(parts)


def static_imports(metadata: dict[str, Any]) -> dict[str, list[str]]:
    """For each bundle the chunks that it cannot start without, itself left out."""
    outputs = {Path(name).name: told for name, told in metadata["outputs"].items()}

    def needed(name: str, seen: set[str]) -> set[str]:
        for imported in outputs[name]["imports"]:
            chunk = Path(imported["path"]).name
            if imported["kind"] == "import-statement" and chunk not in seen:
                seen.add(chunk)
                needed(chunk, seen)
        return seen

    return {
        name: sorted(needed(name, set()) - {name})
        for name, told in sorted(outputs.items())
        if "entryPoint" in told
    }


def compress(folder: Path) -> None:
    """Lay beside each script its gzip form, the same bytes on every build."""
    for script in sorted(folder.glob("*.js")):
        with (
            script.with_name(script.name + ".gz").open("wb") as target,
            gzip.GzipFile("", "wb", compresslevel=9, fileobj=target, mtime=0) as packed,
        ):
            packed.write(script.read_bytes())


def swap_in(built: Path, vendor: Path) -> None:
    """Put the finished folder in the place of the old one, which is never seen half written.

    Where two builds run at once, the last one's folder stays; both hold the same.
    """
    for attempt in count():
        with suppress(FileNotFoundError):
            vendor.rename(built.with_name(f"old-{attempt}"))
        try:
            built.rename(vendor)
        except OSError:
            if attempt == SWAP_ATTEMPTS or not vendor.exists():
                raise
        else:
            return


def build(root: Path = ROOT) -> bool:
    """Build the assets unless they are current; tells whether anything was built.

    Raises BundleError if Node.js, npm's registry or a needed licence text is missing.
    """
    if is_current(root):
        return False
    vendor = vendor_folder(root)
    vendor.parent.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="collabpad-frontend-") as workshop,
        tempfile.TemporaryDirectory(prefix=".vendor-", dir=vendor.parent) as nursery,
    ):
        frontend, built = Path(workshop), Path(nursery) / "vendor"
        for name in PROJECT_FILES:
            shutil.copy(root / "frontend" / name, frontend / name)
        shutil.copytree(root / "frontend" / "entries", frontend / "entries")
        install_packages(frontend, "--omit=dev")
        metadata = bundle(frontend, built)
        texts = {
            "THIRD_PARTY_LICENSES.txt": licenses(frontend, bundled_packages(metadata)),
            "imports.json": json.dumps(static_imports(metadata), indent=1) + "\n",
            "STAMP": fingerprint(root) + "\n",
            **{entry.stem + ".d.ts": TYPES.format(entry.name) for entry in entries(frontend)},
        }
        for name, text in texts.items():
            (built / name).write_text(text, "utf-8", newline="\n")
        compress(built)
        swap_in(built, vendor)
    return True


if __name__ == "__main__":
    try:
        print("built" if build() else "up to date")
    except BundleError as error:
        sys.exit(str(error))
