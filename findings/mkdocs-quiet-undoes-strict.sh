#!/usr/bin/env bash
# What: mkdocs build with both --strict and --quiet.
# Version: mkdocs 1.6.1.
# Source of the guess: mkdocs build --help: --strict will "abort the build on any
#   warnings", --quiet will "silence warnings".
# Guess: the two together abort without a word on the first warning; --quiet
#   decides what is printed, --strict how the build ends.
# Seen: --quiet, or -q, undoes --strict, and `strict: true` of the configuration
#   with it: a page with a broken link builds with exit status 0. Warnings are
#   counted by a handler of the logger whose level --quiet raises, so that the
#   count stays at zero.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet 'mkdocs==1.6.1'
cd "$work"
mkdir docs
printf '# Home\n\n[lost](nowhere.md)\n' >docs/index.md
printf 'site_name: plain\n' >plain.yml
printf 'site_name: strict\nstrict: true\n' >strict.yml

build() { # EXPECTED_STATUS ARGUMENT...
    local expected=$1 status=0
    shift
    "$work/env/bin/mkdocs" build "$@" >log.txt 2>&1 || status=$?
    echo "mkdocs build $*: exit status $status"
    if [ "$status" -ne "$expected" ]; then
        cat log.txt
        exit 1
    fi
}
build 1 -f plain.yml --strict
build 0 -f plain.yml --strict --quiet
build 1 -f strict.yml
build 0 -f strict.yml --quiet
