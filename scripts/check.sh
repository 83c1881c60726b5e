#!/bin/sh
# Every static check, for use while working; `npm test` runs the same ones as tests (test/foundation).
set -eu
cd "$(dirname "$0")/.."
node_modules/.bin/tsc -p tsconfig.json --noEmit
node_modules/.bin/tsc -p tsconfig.screens.json
node_modules/.bin/biome check .
node_modules/.bin/depcruise cli crypto biometrics mrtd devices booth server test
node_modules/.bin/knip
