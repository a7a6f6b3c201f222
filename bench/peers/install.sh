#!/usr/bin/env bash
# Installs what `make bench-peers` measures: Debian's packages that are named, and the virtual environment .build/peers/python with the
# pinned packages of PyPI. What cannot be installed is told here, and stands as not measured in the table; the others are measured.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=.build/peers/python
for package in "$@"; do
  bench/install-packages.sh "$package" || echo "NOT INSTALLED: $package; what needs it is not measured" >&2
done
wanted=$(cat bench/peers/requirements*.txt)
[ -f "$folder/installed" ] && [ "$(cat "$folder/installed")" = "$wanted" ] && exit 0
mkdir -p .build/peers
rm -rf "$folder"
# Of Debian's Python, whatever else stands first in PATH.
python=/usr/bin/python3
[ -x "$python" ] || python=python3
"$python" -m venv "$folder"
complete=1
for file in bench/peers/requirements*.txt; do
  echo "Installing from PyPI into $folder: $(grep -v '^#' "$file" | sed 's/ .*//' | tr '\n' ' ')" >&2
  "$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes -r "$file" && continue
  complete=0
  # Not all at once, then: one that is not there for this machine is not to hide the others.
  sed -n 's/^\([^# ]*\)==.*/\1/p' "$file" | while read -r package; do
    grep -E "^$package==" "$file" > "$folder/one.txt"
    "$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes -r "$folder/one.txt" ||
      echo "NOT INSTALLED: $package; what needs it is not measured" >&2
  done
done
[ "$complete" = 0 ] || printf '%s' "$wanted" > "$folder/installed"
