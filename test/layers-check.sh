#!/bin/bash
# SPDX-License-Identifier: MIT
# layers-check.sh - fails where a layer includes one it may not know (the table of src/README.md).
#
# usage: test/layers-check.sh [FOLDER]    FOLDER holds src/ and include/ (default: this repository)
set -eu
cd "${1:-$(dirname "$0")/..}"

everything_but_cli="base model rt net ws api chat files store shard"
may_include() {
    case $1 in
    base) echo base ;;
    model) echo base model ;;
    rt) echo base rt ;;
    net) echo base rt net ;;
    ws) echo base rt net ws ;;
    api | chat) echo base model "$1" ;;
    files) echo base rt files ;;
    store) echo base model rt store ;;
    shard) echo "$everything_but_cli" ;;
    cli) echo "$everything_but_cli" cli ;;
    *) return 1 ;;
    esac
}

status=0
files=0
for layer in $(ls -d src/*/ include/linnet/*/ | xargs -n 1 basename | sort -u); do
    if ! allowed=$(may_include "$layer"); then
        [ "$layer" = web ] && continue
        echo "src/$layer: not in the table of layers" >&2
        status=1
        continue
    fi
    while IFS= read -r file; do
        files=$((files + 1))
        while IFS= read -r target; do
            case " $allowed " in
            *" $target "*) ;;
            *) echo "$file: $layer may not include $target" >&2; status=1 ;;
            esac
        done < <(sed -n 's|^[ \t]*#[ \t]*include[ \t]*"linnet/\([a-z]*\)/.*|\1|p' "$file")
    done < <(find "src/$layer" "include/linnet/$layer" -name '*.[ch]' 2>/dev/null || true)
done
[ $status = 0 ] && echo "$files files keep to their layers"
exit $status
