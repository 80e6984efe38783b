-- A payment-fraud data set that is the same on every run, but for its end: the last cut that the demo's hourly
-- schedule (lag 5 minutes) has reached. Variables: `rows`, the number of transactions.
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;
SET TimeZone = 'UTC';

-- A uniform number in [0, 1) for a row and a purpose: no random(), so that every run draws the same.
CREATE FUNCTION pg_temp.u(row_number bigint, purpose bigint) RETURNS double precision LANGUAGE sql IMMUTABLE AS
$$ SELECT (hashint8extended(row_number, purpose) & 9007199254740991) / 9007199254740992.0::float8 $$;

DROP TABLE IF EXISTS cards, transactions, chargebacks, merchant_ratings;

CREATE TABLE cards AS
SELECT card AS card_id, (ARRAY['DE', 'FR', 'NL', 'US', 'JP'])[1 + floor(pg_temp.u(card, 1) * 5)::int] AS home_country
FROM generate_series(1, 5000) AS card;

CREATE TABLE transactions AS
WITH clock AS (
    SELECT date_bin('1 hour', now() - interval '5 minutes', 'epoch') AS horizon
), drawn AS (
    SELECT n,
           -- Squared: some cards and shops are busier than others.
           1 + floor(5000 * pg_temp.u(n, 2) ^ 2)::bigint AS card_id,
           1 + floor(400 * pg_temp.u(n, 3) ^ 2)::int AS merchant,
           horizon - make_interval(secs => round(60 * 86400.0 * pg_temp.u(n, 4))) AS occurred_at,
           round((4 + 60 * -ln(1 - pg_temp.u(n, 5)))::numeric, 2)::float8 AS usual_amount,
           pg_temp.u(n, 6) < 0.006 AS is_fraud,
           horizon
    FROM generate_series(1, :rows) AS n CROSS JOIN clock
)
SELECT n AS transaction_id,
       card_id,
       'shop-' || lpad(merchant::text, 3, '0') AS merchant_id,
       CASE WHEN is_fraud THEN round((usual_amount * 4 + 100)::numeric, 2)::float8 ELSE usual_amount END AS amount,
       CASE WHEN pg_temp.u(n, 7) < (CASE WHEN is_fraud THEN 0.7 ELSE 0.04 END)
            THEN (ARRAY['BR', 'NG', 'RO', 'TH'])[1 + floor(pg_temp.u(n, 8) * 4)::int]
            ELSE home_country END AS country,
       home_country,
       CASE WHEN pg_temp.u(n, 9) < 0.03 THEN 'declined' ELSE 'settled' END AS status,
       occurred_at,
       -- Most arrive within two minutes; one in twelve hours late; one in fifty up to three days late.
       occurred_at + make_interval(secs => round(CASE
           WHEN pg_temp.u(n, 10) < 0.02 THEN 3 * 86400.0 * pg_temp.u(n, 11)
           WHEN pg_temp.u(n, 10) < 0.10 THEN 4 * 3600.0 * pg_temp.u(n, 11)
           ELSE 120.0 * pg_temp.u(n, 11) END)) AS ingested_at,
       is_fraud
FROM drawn JOIN cards USING (card_id)
ORDER BY occurred_at;

-- Labels mature slowly: a cardholder disputes a payment 5 to 45 days later.
CREATE TABLE chargebacks AS
SELECT transaction_id, card_id, merchant_id, amount, filed_at,
       filed_at + make_interval(secs => round(86400.0 * pg_temp.u(transaction_id, 13))) AS ingested_at
FROM (
    SELECT *, occurred_at + make_interval(secs => round(86400.0 * (5 + 40 * pg_temp.u(transaction_id, 12)))) AS filed_at
    FROM transactions
    WHERE status = 'settled' AND (is_fraud OR pg_temp.u(transaction_id, 14) < 0.001)
) AS disputed
WHERE filed_at < now();

-- One rating per shop a week, in the vendor's own time.
CREATE TABLE merchant_ratings AS
SELECT 'shop-' || lpad(merchant::text, 3, '0') AS merchant_id,
       round((100 * pg_temp.u(merchant * 100 + week, 15))::numeric, 1)::float8 AS risk_score,
       date_bin('1 hour', now() - interval '5 minutes', 'epoch')
           - make_interval(secs => round(86400.0 * (7 * week + 0.5 + 6 * pg_temp.u(merchant * 100 + week, 16)))) AS rated_at
FROM generate_series(1, 400) AS merchant CROSS JOIN generate_series(0, 9) AS week;

CREATE INDEX ON transactions (card_id, occurred_at);
CREATE INDEX ON transactions (merchant_id, occurred_at);
CREATE INDEX ON chargebacks (card_id, filed_at);
CREATE INDEX ON merchant_ratings (merchant_id, rated_at);
ANALYZE;

SELECT format('%s transactions of %s cards at %s shops from %s to %s, %s chargebacks, %s ratings',
              count(*), count(DISTINCT card_id), count(DISTINCT merchant_id), min(occurred_at)::date, max(occurred_at)::date,
              (SELECT count(*) FROM chargebacks), (SELECT count(*) FROM merchant_ratings)) AS generated
FROM transactions;
