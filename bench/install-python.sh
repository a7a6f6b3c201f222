#!/usr/bin/env bash
# Makes the virtual environment .build/python with the packages of bench/requirements.txt, where it is not there yet. Without a network
# it says so and goes on: the tests that need it skip.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=.build/python
cmp -s bench/requirements.txt "$folder/requirements.txt" && exit 0
echo "Installing from PyPI into $folder: $(grep -v '^#' bench/requirements.txt | tr '\n' ' ')" >&2
mkdir -p .build
rm -rf "$folder"
# Of Debian's Python, whatever else stands first in PATH.
python=/usr/bin/python3
[ -x "$python" ] || python=python3
if "$python" -m venv "$folder" && "$folder/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: -r bench/requirements.txt; then
  cp bench/requirements.txt "$folder/requirements.txt"
else
  echo "SKIPPED: $folder could not be made; the tests that read exported files with pyogrio will skip" >&2
fi
