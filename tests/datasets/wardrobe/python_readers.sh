#!/usr/bin/env bash
# Python's tarfile, and webdataset where it is installed, read what wardrobe_write writes.
set -euo pipefail
command -v python3 > /dev/null || { echo "skipped: no python3"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$WARDROBE_WRITE" folder="$folder/w" num_products=60 shard_products=25 num_queries=10 2> /dev/null
python3 "$(dirname "$0")/python_readers.py" "$folder/w"
