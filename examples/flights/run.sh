#!/usr/bin/env bash
# Trains on 20,000 real flights with and without regard to when a delay was known, and counts the values that leak.
#
#   examples/flights/run.sh [path of the asof binary] [flights_2001q1.csv.gz]
set -euo pipefail
cd "$(dirname "$0")"

asof=${1:-../../.build/release/asof}
data=${2:-../../../shared/data/flights_2001q1.csv.gz}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

"$asof" local up >/dev/null
url=$("$asof" local status --json | sed -n 's/.*"url" : "\(postgres[^"]*\)".*/\1/p')
gzip -dc "$data" | psql "$url" -f load.sql
"$asof" apply
for knowledge in as_known clean; do
    "$asof" train --service delays_v1 --knowledge "$knowledge" -o "$out/$knowledge.csv" \
        --spine "sql:SELECT flight_id, origin, departed_at AS event_timestamp, delay_minutes FROM flights ORDER BY flight_id" >/dev/null
done
paste -d, "$out/as_known.csv" "$out/clean.csv" | awk -F, '
    NR == 1 { for (i = 5; i <= 8; i++) name[i] = $i; next }
    { for (i = 5; i <= 8; i++) if ($i != $(i + 8)) leaks[i]++; if ($13 == $4) own++ }
    END {
        for (i = 5; i <= 8; i++) printf "%-16s %d of %d values leak when known_at is ignored\n", name[i], leaks[i], NR - 1
        printf "in %d rows last_delay is the very delay to be predicted\n", own
    }'
