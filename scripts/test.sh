#!/bin/sh
# `npm test`: set up what is missing, then run every test. Arguments go to jest (`npm test -- test/crypto`).
set -eu
cd "$(dirname "$0")/.."
sh scripts/setup.sh test
export NODE_OPTIONS="--experimental-vm-modules --disable-warning=ExperimentalWarning"
exec node_modules/.bin/jest "$@" --reporters=default --reporters=./scripts/closing-line.mjs
