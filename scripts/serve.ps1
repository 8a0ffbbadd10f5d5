# Serve this checkout, after setting up what it needs: scripts\serve.ps1 [options of `collabpad serve`]
$ErrorActionPreference = "Stop"
$root = Split-Path -Parent $PSScriptRoot

$candidates = @("$root\.venv\Scripts\python.exe", "$root/.venv/bin/python", "py", "python3", "python")
foreach ($candidate in $candidates) {
    if (-not (Get-Command $candidate -ErrorAction SilentlyContinue)) { continue }
    & $candidate -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>$null
    if ($LASTEXITCODE -ne 0) { continue }
    $python = & $candidate -I "$root/scripts/prepare.py" serve
    if ($LASTEXITCODE -ne 0) { exit 1 }
    & $python -P -m collabpad serve @args
    exit $LASTEXITCODE
}
[Console]::Error.WriteLine("collabpad needs Python 3.11 or newer, and none is on PATH.")
exit 1
