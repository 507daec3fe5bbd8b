#!/usr/bin/env bash
# Set up guidang on Debian 12 and run it: `bash bootstrap.sh demo` or `bash bootstrap.sh test`.
# Both install what is missing (as root) and may be run again: what is there is left as it is.
set -euo pipefail
cd "$(dirname "$0")"

say() { printf '\033[1m==> %s\033[0m\n' "$*"; }
stop() { printf 'bootstrap: %s\n' "$*" >&2; exit 1; }

is_installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q '^install ok installed$'; }

install_packages() {
    local missing=()
    for package in "$@"; do is_installed "$package" || missing+=("$package"); done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || stop "this is no Debian; please install: ${missing[*]}"
    [ "$(id -u)" -eq 0 ] || stop "not root, and these Debian packages are missing: ${missing[*]}
  As root run:  apt-get update && apt-get install --no-install-recommends ${missing[*]}"
    say "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq || stop "apt-get update failed: no package list could be fetched"
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null \
        || stop "apt-get could not install: ${missing[*]}"
}

python() {
    for candidate in python3.13 python3.12 python3.11 python3; do
        if command -v "$candidate" >/dev/null \
            && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"; return
        fi
    done
    stop "Python 3.11 or newer is missing; as root run: apt-get install python3 python3-venv"
}

make_environment() { # $1: the lock file
    local interpreter stamp wanted
    interpreter=$(python)
    "$interpreter" -c 'import ensurepip, venv' 2>/dev/null || install_packages python3-venv
    stamp=.venv/.installed-from
    wanted="$(cat requirements.lock "$1" pyproject.toml | sha256sum) $PWD"
    [ -x .venv/bin/guidang ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return 0
    [ "$1" = requirements.lock ] && [ -x .venv/bin/guidang ] \
        && [ "$(cat .venv/.installed-from 2>/dev/null)" \
             = "$(cat requirements.lock requirements-dev.lock pyproject.toml | sha256sum) $PWD" ] \
        && return 0
    say "making the environment in .venv"
    "$interpreter" -c 'import sys; sys.exit(sys.version_info < (3, 11))'
    [ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null || "$interpreter" -m venv --clear .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$1"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
        --no-build-isolation --no-index -e .
    printf '%s' "$wanted" >"$stamp"
}

prepare_fonts() {
    local cache=${XDG_CACHE_HOME:-$HOME/.cache}/guidang/fonts
    [ -d "$cache" ] || say "deriving the printing fonts, once on this machine (about a minute)"
    .venv/bin/python -c 'from pathlib import Path
from tempfile import TemporaryDirectory
from templates.rendering.fonts import prepare_fonts
with TemporaryDirectory() as folder:
    prepare_fonts(Path(folder))'
}

demo() {
    install_packages libreoffice-writer-nogui fonts-noto-cjk
    make_environment requirements.lock
    prepare_fonts
    local home=${GUIDANG_HOME:-$PWD/.guidang-demo}
    local guidang=.venv/bin/guidang
    export GUIDANG_HOME=$home
    $guidang init --sample
    say "dropping the sample orders into the inbox"
    cp "$home"/samples/*/* "$home"/inbox/
    $guidang run --until-idle
    say "what there is now"
    $guidang contracts list --limit 30
    say "a search: 交换机"
    $guidang search 交换机 --page-size 3
    say "the archive proves itself"
    $guidang archive verify
    say "where to look"
    echo "  contracts (PDF/A, sealed):  $home/archive/…/content/…  (guidang contracts show NUMBER lists the files)"
    echo "  refused files with reasons: $home/rejected/"
    echo "  drop your own order into:   $home/inbox/   (what it must look like: guidang orders schema)"
    echo "  go on with:                 .venv/bin/guidang --home $home run"
}

run_tests() {
    install_packages libreoffice-writer-nogui fonts-noto-cjk libjaxb-java openjdk-17-jdk-headless postgresql \
        softhsm2 poppler-utils clamav tesseract-ocr tesseract-ocr-chi-sim
    make_environment requirements-dev.lock
    prepare_fonts
    # the tests keep many small registers open at once
    ulimit -Sn "$(ulimit -Hn)" 2>/dev/null || true
    say "running the tests"
    .venv/bin/python -m pytest -n "${GUIDANG_TEST_LANES:-2}" --dist worksteal "$@"
}

case ${1:-} in
    demo) demo ;;
    test) shift; run_tests "$@" ;;
    setup) install_packages libreoffice-writer-nogui fonts-noto-cjk; make_environment requirements.lock; prepare_fonts ;;
    *) echo "usage: bash bootstrap.sh demo | test [pytest arguments] | setup" >&2; exit 2 ;;
esac
