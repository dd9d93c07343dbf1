#!/bin/sh
# SPDX-License-Identifier: MIT
# embed.sh - writes a C file that holds every file under some folders.
#
# usage: embed.sh NAME FOLDER... > embed_NAME.c
# Needs only a POSIX shell, find, sort, od and awk. A folder's files are sorted by name (bytewise),
# so that numbered files come in order. An absent or empty folder makes an empty table.
set -eu
export LC_ALL=C

name=$1
shift

printf '/* made by src/base/embed.sh from %s */\n#include "linnet/base/embed.h"\n\n' "$*"

list=$(for folder; do
    (cd "$folder" 2>/dev/null && find . -type f ! -name '.*' | sort | sed "s|^\./|$folder	|") || :
done)
i=0
table=
while IFS="$(printf '\t')" read -r folder file; do
    [ -n "$file" ] || continue
    case $file in
    *[\"\\]*) echo "embed.sh: $file: no quotes or backslashes in names" >&2; exit 1 ;;
    esac
    printf 'static const unsigned char file_%d[] = {\n' "$i"
    od -An -v -tu1 "$folder/$file" | awk '{ gsub(/ +/, ","); sub(/^,/, ""); print $0 "," }'
    printf '0};\n\n' # behind the data, so that a text can be read as a C string
    table="$table    {\"$file\", file_$i, sizeof file_$i - 1},
"
    i=$((i + 1))
done <<EOF
$list
EOF

printf 'const struct ln_embed ln_embed_%s[] = {\n%s    {0, 0, 0},\n};\n' "$name" "$table"
printf 'const size_t ln_embed_%s_count = %d;\n' "$name" "$i"
