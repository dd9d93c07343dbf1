#!/bin/bash
# SPDX-License-Identifier: MIT
# coverage.sh - what the tests ran, by layer, from the counts that a COVERAGE=1 build left.
#
# usage: test/coverage.sh BUILD      fails where a layer of FLOORED has less than FLOOR % of its lines
set -eu
cd "$(dirname "$0")/.."
build=$1
FLOOR=85
FLOORED="chat store shard ws api"

lines_of() { # LAYER: "ran all" of its .c files
    gcov -n -o "$build/src/$1" "src/$1"/*.c 2>/dev/null | awk -v layer="src/$1/" '
        /^File / { mine = index($0, layer) && $0 ~ /\.c\x27/ }
        mine && /^Lines executed:/ { split($0, part, /[:% ]+/); all += part[5]; ran += part[3] * part[5] / 100; mine = 0 }
        END { printf "%d %d\n", ran + 0.5, all }'
}

status=0
for layer in $(ls -d src/*/*.c | cut -d/ -f2 | sort -u); do
    read -r ran all <<<"$(lines_of "$layer")"
    [ "$all" -gt 0 ] || continue
    share=$((ran * 1000 / all))
    printf '%-8s %5d of %5d lines  %d.%d %%\n' "$layer" "$ran" "$all" $((share / 10)) $((share % 10))
    case " $FLOORED " in
    *" $layer "*) [ $share -ge $((FLOOR * 10)) ] || { echo "$layer: below $FLOOR %" >&2; status=1; } ;;
    esac
done
exit $status
