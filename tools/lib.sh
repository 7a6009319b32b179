# shellcheck shell=bash
# Sourced by the other tools: the checkout as working directory, one environment for every program, messages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
top=$PWD
venv=$(realpath -m "${VENV:-.venv}")

# The checkout is found through the environment's site-packages (see bootstrap). A configuration of the user's, or a copy
# of the collection in their home, would be tested in its place.
unset ANSIBLE_CONFIG ANSIBLE_COLLECTIONS_PATH LC_ALL LANGUAGE
export ANSIBLE_HOME=$top/.ansible/home ANSIBLE_COLLECTIONS_PATH=$top/.ansible/collections
export LANG=C.UTF-8 NO_COLOR=1 HYPOTHESIS_STORAGE_DIRECTORY=$top/build/hypothesis
unset PYTHONDONTWRITEBYTECODE # or every start of a program compiles the collection and the lab again
mkdir -p "$ANSIBLE_COLLECTIONS_PATH" build

say() { printf '%s\n' "$@"; }
die() {
    say "$@" >&2
    exit 1
}

# skip WHAT WHY: one line now, and again at the end of `make test`.
skip() {
    say "skipped: $1: $2"
    if [[ ${SKIPPED_LOG:-} ]]; then say "$1: $2" >>"$SKIPPED_LOG"; fi
}

# timed NAME COMMAND...: run it and say how many seconds it took. `set -e` holds within it, unless timed itself is tested.
timed() {
    local name=$1 start=${EPOCHREALTIME/[.,]/} status mark=--
    shift
    "$@"
    status=$?
    if ((status)); then mark='!!'; fi
    local ms=$(((${EPOCHREALTIME/[.,]/} - start) / 1000))
    printf '%s %s: %d.%d s\n' "$mark" "$name" $((ms / 1000)) $((ms % 1000 / 100))
    return "$status"
}

# The directories of the real interpreters, never pyenv's shims: a shim whose version is not selected exists and fails.
interpreter_path() {
    local version directory path=$venv/bin
    for version in 3.14 3.13 3.12 3.11 3.10 3.9 3.8; do
        for directory in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$version".*/bin; do
            if [[ -d $directory ]]; then path+=:$directory; fi
        done
    done
    tr : '\n' <<<"$PATH" | { grep -v '/\.pyenv/' || true; } | paste -sd: | sed "s|^|$path:|"
}

# interpreter VERSION: the path of a Python of that version that runs, or nothing. That of the distribution comes first, because pyenv
# builds without optimizations. One that cannot make environments comes last: bootstrap says what it lacks.
interpreter() {
    local candidate lacking=''
    for candidate in "/usr/bin/python$1" "/usr/local/bin/python$1" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$1".*/bin/python \
        "$(command -v "python$1" || true)"; do
        if [[ ! -x $candidate ]] || ! "$candidate" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$1')" 2>/dev/null; then
            continue
        fi
        if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            say "$candidate"
            return
        fi
        lacking=${lacking:-$candidate}
    done
    if [[ $lacking ]]; then say "$lacking"; fi
}

# environment_of_core RELEASE: makes .venv-RELEASE with that release of ansible-core, on the oldest Python that it supports and that is
# here, and what the tests need. Fails, with the reason said, where there is none.
environment_of_core() {
    local core=$1 python='' version
    local -A pythons=(
        [2.16]="3.10 3.11 3.12" [2.17]="3.10 3.11 3.12" [2.18]="3.11 3.12 3.13" [2.19]="3.11 3.12 3.13" [2.20]="3.12 3.13 3.14"
        [2.21]="3.12 3.13 3.14"
    )
    for version in ${pythons[$core]}; do
        python=$(interpreter "$version")
        if [[ $python ]]; then break; fi
    done
    if [[ -z $python ]]; then
        skip "ansible-core $core" "no Python of ${pythons[$core]// /, } found"
        return 1
    fi
    if ! tools/bootstrap ".venv-$core" "$python" "ansible-core==$core.*" \
        cryptography hypothesis jsonschema pypsrp pyspnego pytest pytest-xdist pywinrm PyYAML; then
        skip "ansible-core $core" "the package index has none for $("$python" -V), or does not answer"
        return 1
    fi
}

# collection_tree DIRECTORY: a copy of what git knows and does not ignore, in a git repository of its own.
# ansible-test and the build take that: they resolve symbolic links, and pack or check everything they find.
collection_tree() {
    local tree=$1 file
    rm -rf "$tree"
    mkdir -p "$tree"
    git ls-files -coz --exclude-standard | while IFS= read -r -d '' file; do
        if [[ -e $file ]]; then printf '%s\0' "$file"; fi
    done | xargs -0 cp --parents -pPt "$tree"
    git -C "$tree" init -q
}
