#!/bin/sh
# Brings a machine to where Kabina runs: Debian packages, npm packages, the build. Needs nothing but sh, and does nothing
# (in well under a second) when nothing is missing. What cannot be installed is said in a sentence, and set-up goes on:
# everything that does not need it still works.
#
#   scripts/setup.sh start|test    what to prepare for; `test` also takes what only the tests need
set -eu
purpose=${1:-start}
cd "$(dirname "$0")/.."
mkdir -p .setup

say() { printf 'kabina set-up: %s\n' "$*"; }
fail() { printf 'kabina set-up: %s\n' "$*" >&2; exit 1; }

# --- Node -----------------------------------------------------------------------------------------------------------
command -v node >/dev/null 2>&1 || fail "Node.js is missing. Install Node.js 20.19 or newer (with npm), then run this again."
command -v npm >/dev/null 2>&1 || fail "npm is missing. Install npm (it comes with Node.js), then run this again."
node_version=$(node --version)
node_major=${node_version#v}; node_minor=${node_major#*.}; node_minor=${node_minor%%.*}; node_major=${node_major%%.*}
if [ "$node_major" -lt 20 ] || { [ "$node_major" -eq 20 ] && [ "$node_minor" -lt 19 ]; }; then
  fail "Node.js $node_version is too old. Install Node.js 20.19 or newer, then run this again."
fi

# --- Debian packages ------------------------------------------------------------------------------------------------
wanted() { # the names wanted for this purpose, one a line
  while IFS='|' read -r name when _; do
    case $name in '#'* | '') continue ;; esac
    set -- $name $when
    if [ "$2" = start ] || [ "$purpose" = test ]; then echo "$1"; fi
  done <scripts/packages.txt
}
why() { sed -n "s/^$1 *|[^|]*| *//p" scripts/packages.txt; }

if command -v dpkg-query >/dev/null 2>&1; then
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p' | tr '\n' ' ')
  missing=
  for name in $(wanted); do
    case " $installed" in *" $name "*) ;; *) missing="$missing $name" ;; esac
  done
  if [ -n "$missing" ]; then
    for name in $missing; do say "missing: $name ($(why "$name"))"; done
    if [ "$(id -u)" -ne 0 ]; then
      say "this user may not install packages. Ask an administrator to run: apt-get install --no-install-recommends$missing"
      say "going on without; what needs them is off, and 'npx kabina doctor' lists it."
    else
      say "installing$missing"
      export DEBIAN_FRONTEND=noninteractive
      apt-get update -qq >.setup/apt.log 2>&1 || say "the package lists could not be refreshed; trying with the ones at hand"
      if ! apt-get install -y -qq --no-install-recommends $missing >>.setup/apt.log 2>&1; then
        # One package that cannot be had must not keep the others away.
        for name in $missing; do
          apt-get install -y -qq --no-install-recommends "$name" >>.setup/apt.log 2>&1 ||
            say "could not install $name ($(why "$name")). Install it by hand; going on without. See .setup/apt.log"
        done
      fi
    fi
  fi
else
  say "this is not a Debian machine: install these by its own means:" $(wanted)
fi

# --- npm packages ---------------------------------------------------------------------------------------------------
# What could not be compiled is tried again once there is a compiler, so the stamp names what compiling needs.
toolchain=
for tool in g++ make python3; do if command -v $tool >/dev/null 2>&1; then toolchain="$toolchain $tool"; fi; done
if [ -f /usr/include/PCSC/winscard.h ]; then toolchain="$toolchain winscard.h"; fi
lock_stamp="$node_version $(cksum <package-lock.json)$toolchain"
if [ ! -d node_modules ] || [ "$(cat .setup/npm.stamp 2>/dev/null || true)" != "$lock_stamp" ]; then
  say "installing npm packages (two to four minutes the first time: SQLite is compiled)"
  # node-gyp would fetch Node's headers; where they are on the machine already, it is told so.
  prefix=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
  if [ -f "$prefix/include/node/node.h" ]; then export npm_config_nodedir="$prefix"; fi
  # Not `npm ci`: it refuses a lock file that lacks the optional packages of other platforms, and a registry mirror may not
  # hold all of those. `npm install --no-save` takes the same pinned versions and checks the same hashes.
  npm install --no-save --no-fund --no-audit --loglevel=error >.setup/npm.log 2>&1 || {
    tail -20 .setup/npm.log >&2
    fail "npm could not install the packages; see .setup/npm.log. Check the link to the npm registry, then run this again."
  }
  [ -d node_modules/better-sqlite3/build ] || say "SQLite was not built (are build-essential and python3 installed?): the server does not start until it is. Install them and run this again."
  [ -d node_modules/pcsclite/build ] || say "the smart-card addon was not built (is libpcsclite-dev installed?): no chip is read until it is. Install it and run this again."
  printf '%s' "$lock_stamp" >.setup/npm.stamp
fi

# --- build ----------------------------------------------------------------------------------------------------------
sh scripts/build.sh
