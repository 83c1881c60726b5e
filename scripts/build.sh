#!/bin/sh
# Compiles the rooms (TypeScript to dist/) and the two screens (Vite to dist/screens/), each only when a source is newer.
set -eu
cd "$(dirname "$0")/.."
mkdir -p dist .setup

newer() { # newer STAMP PATH…: is any file below the paths newer than the stamp?
  stamp=$1; shift
  [ ! -f "$stamp" ] || [ -n "$(find "$@" -newer "$stamp" -type f -print -quit)" ]
}

rooms="cli crypto biometrics mrtd devices booth server test"
if newer .setup/rooms.stamp tsconfig.json $rooms || [ ! -f dist/cli/kabina.js ]; then
  echo "kabina build: rooms"
  touch .setup/rooms.building
  # Types are checked by the tests; here a package that could not be installed must not keep the rest from running.
  node_modules/.bin/tsc -p tsconfig.json --noCheck
  chmod +x dist/cli/kabina.js
  # So that `npx kabina` in this checkout is this Kabina at once, not a copy that npx puts into its cache.
  ln -sfn ../../dist/cli/kabina.js node_modules/.bin/kabina
  mv .setup/rooms.building .setup/rooms.stamp
fi

screen() { # screen NAME FOLDER SCHEMAS…: a Vite application and the folders whose messages it is made of
  if newer ".setup/$1.stamp" "$2" $3 design || [ ! -f "dist/screens/$1/index.html" ]; then
    echo "kabina build: screen of the $1"
    touch ".setup/$1.building"
    node_modules/.bin/vite build "$2" --logLevel warn
    mv ".setup/$1.building" ".setup/$1.stamp"
  fi
}
screen booth booth/screen "booth/api crypto"
screen console server/console "server/review server/security server/staff crypto"
