# Sourced by the commands beside it, which have set `root`; works in bash 3.2 (macOS) and later.

# Make .venv fit for serving ("serve") or for all of development ("check"), and set `python` to its
# interpreter. Quick where nothing has changed since the last time.
prepare() {
  local candidate
  for candidate in "$root/.venv/bin/python" "$root/.venv/Scripts/python.exe" \
    python3 python3.14 python3.13 python3.12 python3.11 python; do
    if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c "$old_enough" 2>/dev/null; then
      python=$("$candidate" -I "$root/scripts/prepare.py" "$1") || exit 1
      return
    fi
  done
  echo "collabpad needs Python 3.11 or newer, and none is on PATH." >&2
  exit 1
}

old_enough='import sys; sys.exit(sys.version_info < (3, 11))'
