/// `GET /docs`: the interface on one page, for people. Without a script, and with nothing from elsewhere.
enum DocumentationPage {
    static let html = """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>asof feature server</title>
        <style>
        :root { color-scheme: light dark; }
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
        code, pre { font: 14px/1.5 ui-monospace, monospace; }
        pre { padding: .8rem 1rem; border: 1px solid #8884; border-radius: 6px; overflow-x: auto; }
        dt { font-weight: 600; margin-top: .8rem; } dd { margin-left: 1rem; }
        </style></head><body>
        <h1>asof feature server</h1>
        <p>Answers as Feast's feature server does, so that a Feast client with <code>online_store: {type: remote}</code> works.
        The same for machines: <a href="/openapi.json">openapi.json</a>.</p>
        <h2>Look features up</h2>
        <pre>curl -d '{"feature_service": "fraud_v1", "entities": {"card_id": [1, 2]}}' localhost:6566/get-online-features</pre>
        <p>Join keys and request inputs go into <code>entities</code>, one list each; instead of <code>feature_service</code>,
        <code>"features": ["view:feature"]</code>. <code>results[i]</code> of the answer belongs to
        <code>metadata.feature_names[i]</code>.</p>
        <dl>
        <dt>PRESENT</dt><dd>a value, not NULL</dd>
        <dt>NULL_VALUE</dt><dd>computed, and NULL</dd>
        <dt>NOT_FOUND</dt><dd>the entity has no rows: counts are 0, the rest NULL</dd>
        <dt>OUTSIDE_MAX_AGE</dt><dd>past the view's ttl, and NULL</dd>
        <dt>INVALID</dt><dd>an on-demand expression failed, or the stored row is of another definition</dd>
        </dl>
        <h2>Push fresh rows</h2>
        <pre>curl -d '{"push_source_name": "card_last", "df": {"card_id": [1], "amount": [9.5], "paid_at": ["2024-01-01T00:00:00Z"]}}' localhost:6566/push</pre>
        <p>On a server started with <code>--allow-push</code>: a feature view or a source, and one list for each column of the source's
        table. The rows are in the table and served when the answer comes; pushing them again changes nothing.</p>
        <h2>The rest</h2>
        <dl>
        <dt><a href="/services">GET /services</a>, <a href="/features">GET /features</a></dt><dd>what there is, and what each takes</dd>
        <dt><a href="/metrics">GET /metrics</a></dt><dd>for Prometheus</dd>
        <dt><a href="/health">GET /health</a>, <a href="/ready">GET /ready</a></dt><dd>200, or 503 when Redis does not answer</dd>
        </dl>
        <p>Where the server was started with tokens, requests carry <code>Authorization: Bearer TOKEN</code>.</p>
        </body></html>
        """
}
