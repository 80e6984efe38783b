/// `GET /openapi.json`: the HTTP interface, as OpenAPI 3.1 says it.
enum OpenAPIDocument {
    static let json = """
        {"openapi":"3.1.0",
         "info":{"title":"asof feature server","version":"1","description":"Feature lookup, as Feast's feature server does it."},
         "components":{
          "securitySchemes":{"bearer":{"type":"http","scheme":"bearer"}},
          "schemas":{
           "Lookup":{"type":"object","required":["entities"],"properties":{
            "entities":{"type":"object","description":"One list for each join key and request input, all equally long.",
             "additionalProperties":{"type":"array","items":{}},"examples":[{"card_id":[1,2]}]},
            "feature_service":{"type":"string","description":"Wins over `features`."},
            "features":{"type":"array","items":{"type":"string","examples":["card_activity:spend_7d"]}},
            "full_feature_names":{"type":"boolean","default":false},
            "include_feature_view_version_metadata":{"type":"boolean","default":false}}},
           "Column":{"type":"object","required":["values","statuses","event_timestamps"],"properties":{
            "values":{"type":"array","items":{}},
            "statuses":{"type":"array","items":{"enum":["PRESENT","NULL_VALUE","NOT_FOUND","OUTSIDE_MAX_AGE","INVALID"]}},
            "event_timestamps":{"type":"array","items":{"type":"string","format":"date-time",
             "description":"1970-01-01T00:00:00Z where there is none."}}}},
           "Answer":{"type":"object","required":["results","metadata"],"properties":{
            "results":{"type":"array","items":{"$ref":"#/components/schemas/Column"},
             "description":"One for each of metadata.feature_names; each has an element for each entity row."},
            "metadata":{"type":"object","required":["feature_names"],"properties":{
             "feature_names":{"type":"array","items":{"type":"string"}}}}}},
           "Push":{"type":"object","required":["push_source_name","df"],"properties":{
            "push_source_name":{"type":"string","description":"A feature view or a source."},
            "df":{"type":"object","description":"One list for each column of the source's table, all equally long.",
             "additionalProperties":{"type":"array","items":{}}},
            "to":{"enum":["online","online_and_offline","offline"],"default":"online",
             "description":"online is online_and_offline: what is served is in the source too."}}},
           "Pushed":{"type":"object","properties":{"inserted":{"type":"integer"},"duplicates":{"type":"integer"},
            "as_of":{"type":"string","format":"date-time"},"views":{"type":"array","items":{"type":"object"}}}},
           "Error":{"type":"string","description":"JSON text of an object with module, class and message, as Feast's client takes it."}}},
         "security":[{"bearer":[]},{}],
         "paths":{
          "/get-online-features":{"post":{"summary":"Look features up","operationId":"getOnlineFeatures",
           "requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Lookup"}}}},
           "responses":{
            "200":{"description":"The features","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Answer"}}}},
            "4XX":{"description":"The request is wrong","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Error"}}}},
            "503":{"description":"Redis cannot be reached","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Error"}}}}}}},
          "/push":{"post":{"summary":"Push fresh rows into a source's table and online at once (with --allow-push)","operationId":"push",
           "requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Push"}}}},
           "responses":{
            "200":{"description":"The rows are in the table and, unless to is offline, online",
             "content":{"application/json":{"schema":{"$ref":"#/components/schemas/Pushed"}}}},
            "4XX":{"description":"The request is wrong; nothing was inserted",
             "content":{"application/json":{"schema":{"$ref":"#/components/schemas/Error"}}}},
            "503":{"description":"A store cannot be reached: push again","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Error"}}}}}}},
          "/write-to-online-store":{"post":{"summary":"What Feast's client sends for a push: a view's features by name",
           "operationId":"writeToOnlineStore",
           "requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","required":["feature_view_name","df"]}}}},
           "responses":{
            "200":{"description":"As for /push","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Pushed"}}}},
            "4XX":{"description":"The request is wrong","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Error"}}}}}}},
          "/features":{"get":{"summary":"Every feature that can be asked for","operationId":"features",
           "responses":{"200":{"description":"The catalogue","content":{"application/json":{}}}}}},
          "/services":{"get":{"summary":"Every feature service","operationId":"services",
           "responses":{"200":{"description":"The catalogue","content":{"application/json":{}}}}}},
          "/metrics":{"get":{"summary":"Metrics in Prometheus' text format","operationId":"metrics",
           "responses":{"200":{"description":"The metrics","content":{"text/plain":{}}}}}},
          "/health":{"get":{"summary":"Whether Redis answers","operationId":"health","security":[],
           "responses":{"200":{"description":"It does"},"503":{"description":"It does not"}}}},
          "/ready":{"get":{"summary":"Whether requests can be answered: Redis answers, and has what was materialized","operationId":"ready","security":[],
           "responses":{"200":{"description":"They can"},"503":{"description":"They cannot"}}}}}}
        """
}
