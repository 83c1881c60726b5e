#!/bin/sh
# `npm start`: set up what is missing, then run server and booth on the embedded default.
set -eu
cd "$(dirname "$0")/.."
sh scripts/setup.sh start
exec node dist/cli/kabina.js start "$@"
