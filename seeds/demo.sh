#!/bin/sh
# The main job on the seeds: init, ingest, list, audit, damage one byte of a copy, and see the audit find it.
# Run by `make demo`; BIN is the folder of the installed command.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
archive=${BIN:+$BIN/}archive
folder=$(mktemp -d "${TMPDIR:-/tmp}/archive-demo.XXXXXX")
ARCHIVE_KEY_DIR=$folder/keys
export ARCHIVE_KEY_DIR
trap 'chmod -R u+w "$folder" && rm -rf "$folder"' EXIT

bold=''
plain=''
if [ -t 1 ]; then
    bold=$(printf '\033[1m')
    plain=$(printf '\033[0m')
fi

step() {
    printf '\n%s%s%s\n' "$bold" "$1" "$plain"
    shift
    printf '  $ archive %s\n\n' "$*"
}

step '1. A new archive' init valley-archive
"$archive" -q init "$folder/valley-archive" --name 'Valley Archive' --agent 'Ana Example'

step '2. Seventeen documents and their descriptions go in' ingest seeds/texts
"$archive" -q -C "$folder/valley-archive" ingest "$here/texts"

step '3. What is held' list
"$archive" -q -C "$folder/valley-archive" list

step '4. Every byte is read and judged by the ledger' audit
"$archive" -C "$folder/valley-archive" audit

step '5. A copy of the archive loses one bit; its size and date stay as they were' 'audit --copy copy'
cp -a "$folder/valley-archive" "$folder/copy"
victim=$(find "$folder/copy/bags" -name plum-cake.txt)
chmod u+w "$victim"
touch -r "$victim" "$folder/date"
printf '\300' | dd of="$victim" bs=1 seek=40 conv=notrunc 2>/dev/null
touch -r "$folder/date" "$victim"
code=0
"$archive" -C "$folder/valley-archive" audit --copy "$folder/copy" || code=$?

if [ "$code" -ne 1 ]; then
    printf '\nThe damage was not found (exit %s).\n' "$code" >&2
    exit 70
fi
printf '\nThe damage was found and named (exit 1); the archive itself is untouched.\n'
