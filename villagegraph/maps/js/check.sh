#!/bin/sh
# Build the bundle anew in a temporary folder, from the lock file, and compare it with the vendored one.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/js" "$work/static"
cp -R "$here/src" "$here/build.mjs" "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$work/js/"
cd "$work/js"
npm ci --ignore-scripts --no-audit --no-fund --silent
node build.mjs > /dev/null
for name in map.js map.css SHA256SUMS; do
  cmp -s "$work/static/$name" "$here/../static/$name" || {
    echo "villagegraph/maps/static/$name is not what the sources build: run 'npm ci && npm run build' in villagegraph/maps/js" >&2
    exit 1
  }
done
(cd "$here/../static" && sha256sum -c --quiet SHA256SUMS)
echo "the vendored bundle is what the sources build"
