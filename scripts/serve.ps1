# Serve this checkout, after setting up what it needs: scripts\serve.ps1 [options of `collabpad serve`]
$root = Split-Path -Parent $PSScriptRoot
$ours = Join-Path $root ".venv\Scripts\python.exe"

foreach ($candidate in @($ours, "py", "python3", "python")) {
    if (-not (Get-Command $candidate -ErrorAction SilentlyContinue)) { continue }
    & $candidate -c "import sys; sys.exit(sys.version_info < (3, 11))"
    if ($LASTEXITCODE -ne 0) { continue }
    & $candidate -I (Join-Path $root "scripts\prepare.py") serve | Out-Null
    if ($LASTEXITCODE -ne 0) { exit 1 }
    & $ours -P -m collabpad serve @args
    exit $LASTEXITCODE
}
[Console]::Error.WriteLine("collabpad needs Python 3.11 or newer, and none is on PATH.")
exit 1
