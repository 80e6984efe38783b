#!/usr/bin/env bash
# The tour: from definitions to a training set, to served features, to skew that is found. Safe to run again.
#
#   scripts/demo.sh [path of the asof binary]
#
# DEMO_ROWS sets the number of transactions (default 200000).
set -euo pipefail
cd "$(dirname "$0")/.."

asof=${1:-.build/release/asof}
rows=${DEMO_ROWS:-200000}
port=${DEMO_PORT:-6580}
out=demo-out
mkdir -p "$out"

bold() { if [ -t 1 ]; then printf '\033[1m%s\033[0m\n' "$*"; else printf '%s\n' "$*"; fi; }
chapter() { echo; bold "$*"; }
say() { echo "  $*"; }
run() { echo; echo "  \$ $*" | sed "s|$asof|asof|"; "$@" | sed 's/^/  /'; }

server=
stop_server() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
        server=
    fi
}
trap stop_server EXIT

# What is served follows an hourly schedule, five minutes past the hour. A tour that crossed that instant between filling
# Redis and checking it would find the skew of a missed run.
left=$(((3600 + 300 - $(date +%s) % 3600) % 3600))
if [ "$left" -lt 60 ]; then
    echo "waiting $left s for the hourly cut, so that the tour does not cross it"
    sleep "$((left + 1))"
fi

chapter "1. A payment-fraud store: cards, shops, and payments that arrive late"
"$asof" local up >"$out/stack.txt" 2>&1 || { cat "$out/stack.txt"; exit 1; }
url=$("$asof" local status --json | sed -n 's/.*"url" : "\(postgres[^"]*\)".*/\1/p')
say "A private Postgres and Redis run under .asof/ (asof local status)."
psql "$url" -At -v rows="$rows" -f demo/generate.sql | sed 's/^/  /'

chapter "2. Definitions, written once: features/*.yaml"
sed -n '/card_activity:/,/abroad_spend_7d/p' features/cards.yaml | sed 's/^/  /'
run "$asof" apply

chapter "3. A training set: each payment with what could have been known at its instant"
psql "$url" -q -c "\\copy (SELECT transaction_id, card_id, merchant_id, occurred_at AS event_timestamp, amount, is_fraud FROM transactions WHERE status = 'settled' AND transaction_id % 10 = 0 ORDER BY transaction_id) TO '$out/spine.csv' CSV HEADER"
run "$asof" train --service fraud_v1 --spine "$out/spine.csv" -o "$out/train.csv"
run "$asof" train --service fraud_v1 --spine "$out/spine.csv" --knowledge clean -o "$out/leaky.csv"
echo
say "The second one is what a join on event times alone would have made. It differs in $(
    { diff "$out/train.csv" "$out/leaky.csv" || true; } | grep -c '^<' || true
) of $(($(wc -l <"$out/train.csv") - 1)) rows: it has"
say "seen payments that had not arrived, the very payment to be judged among them."

chapter "4. The same definitions fill Redis"
run "$asof" materialize

chapter "5. Look features up: by command, and over HTTP as Feast's clients do"
run "$asof" get --service fraud_v1 --keys card_id=42 merchant_id=shop-007 --request amount=250
stop_server
"$asof" serve --port "$port" 2>"$out/server.txt" &
server=$!
for _ in $(seq 100); do
    curl -sf "http://127.0.0.1:$port/health" >/dev/null && break
    kill -0 "$server" 2>/dev/null || { cat "$out/server.txt"; exit 1; }
    sleep 0.1
done
body='{"feature_service": "fraud_v1", "entities": {"card_id": [42, 7], "merchant_id": ["shop-007", "shop-001"], "amount": [250.0, 9.5]}}'
echo
say "\$ curl -d '$body' localhost:$port/get-online-features"
curl -sf -H 'Content-Type: application/json' -d "$body" "http://127.0.0.1:$port/get-online-features" | cut -c1-300 | sed 's/^/  /; s/$/ .../'

chapter "6. Serve 10,000 payments, then prove that training would have computed the same"
served_from=$(date -u +%Y-%m-%dT%H:%M:%S.%NZ | sed 's/...Z$/Z/')
psql "$url" -At -c "
    SELECT json_build_object('feature_service', 'fraud_v1', 'entities', json_build_object(
        'card_id', json_agg(card_id), 'merchant_id', json_agg(merchant_id), 'amount', json_agg(amount)))
    FROM generate_series(0, 9999) AS n JOIN (
        SELECT *, row_number() OVER (ORDER BY occurred_at DESC, transaction_id) - 1 AS place, count(*) OVER () AS count
        FROM transactions
    ) AS recent ON place = n % count
    GROUP BY n % 100" >"$out/requests.jsonl"
split -l 1 -d -a 3 "$out/requests.jsonl" "$out/request-"
for request in "$out"/request-*; do
    curl -sf -H 'Content-Type: application/json' -d "@$request" "http://127.0.0.1:$port/get-online-features" >/dev/null
done
rm -f "$out"/request-*
say "Served. The log goes to Postgres off the request path."
for _ in $(seq 100); do
    logged=$(psql "$url" -At -c "SELECT count(*) FROM asof.served_rows WHERE served_at >= '$served_from'")
    [ "$logged" -ge 10000 ] && break
    sleep 0.1
done
run "$asof" skew --since "$served_from"
say "No difference in fewer than 4,603 values would not do: exit code 3, too little to say (99 % confidence of at most 0.1 %)."

chapter "7. A batch of payments arrives hours late, and says so (ingested_at is now)"
psql "$url" -q -c "
    INSERT INTO transactions
    SELECT transaction_id + 10000000, card_id, merchant_id, amount * 2, country, home_country, status,
           occurred_at - interval '2 hours', now(), is_fraud
    FROM transactions ORDER BY occurred_at DESC LIMIT 2000"
say "2,000 payments were inserted. They were not known when we served, and asof knows that: still no skew."
run "$asof" skew --since "$served_from" | grep 'PASS:' | sed 's/^/  /'

chapter "8. A batch of ratings arrives hours late, and claims it did not (no arrival time, delay: 0s)"
psql "$url" -q -c "
    INSERT INTO merchant_ratings
    SELECT 'shop-' || lpad(merchant::text, 3, '0'), 99.9, date_bin('1 hour', now() - interval '5 minutes', 'epoch') - interval '3 hours'
    FROM generate_series(1, 20) AS merchant"
say "20 shops were rated three hours ago, says the vendor; the rows land only now. What was served is no longer what"
say "training would compute, and the check names the feature:"
status=0
run "$asof" skew --since "$served_from" --report "$out/skew" || status=$?
[ "$status" -eq 1 ] || { echo "the skew was not found (exit code $status)"; exit 1; }

chapter "Done. The skew was found and named: exit code 1. $out/skew/report.html has the plots."
say "The mend: give the source its arrival time (created_timestamp), or an honest delay. Files are in $out/."
say "asof local down stops the stores; asof local reset removes them."
