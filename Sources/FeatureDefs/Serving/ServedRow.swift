/// One entity's answer to one lookup, as it was served: what the skew check recomputes and compares.
package struct ServedRow: Hashable, Sendable {
    package let schema: ServedSchema
    package let requestID: UUIDBytes
    /// The row's place in its request.
    package let ordinal: Int
    /// The instant at which the lookup was judged: the `t` of DESIGN §2.
    package let servedAt: Timestamp
    /// One for each of the schema's `joinKeys`; NULL where the caller sent NULL.
    package let keys: [FeatureValue]
    /// One for each of the schema's `requestInputs`.
    package let request: [FeatureValue]
    /// One for each of the schema's `features`.
    package let features: [ServedFeature]
    /// One for each of the schema's `views`: the stored row that was read; nil where there was none that could be.
    package let records: [ServedRecord?]
    /// The machine's monotonic clock at `servedAt`, in microseconds: two rows of one host differ by the time between them,
    /// whatever became of its wall clock in the meantime. Starts anew when the machine does.
    package let monotonicMicroseconds: Int64
    /// The share of entities whose lookups are logged: the row stands for 1 / this many.
    package let sampleProbability: Double
    /// The machine that answered.
    package let host: String

    package init(
        schema: ServedSchema,
        requestID: UUIDBytes,
        ordinal: Int,
        servedAt: Timestamp,
        keys: [FeatureValue],
        request: [FeatureValue],
        features: [ServedFeature],
        records: [ServedRecord?],
        monotonicMicroseconds: Int64,
        sampleProbability: Double,
        host: String
    ) {
        self.schema = schema
        self.requestID = requestID
        self.ordinal = ordinal
        self.servedAt = servedAt
        self.keys = keys
        self.request = request
        self.features = features
        self.records = records
        self.monotonicMicroseconds = monotonicMicroseconds
        self.sampleProbability = sampleProbability
        self.host = host
    }
}

/// One feature of a served row.
package struct ServedFeature: Hashable, Sendable {
    package let value: FeatureValue
    package let status: FeatureStatus
    /// `latest`: of its row. Window: the row's cut. On demand: the newest of its inputs. nil when there is none.
    package let eventTimestamp: Timestamp?

    package init(value: FeatureValue, status: FeatureStatus, eventTimestamp: Timestamp?) {
        self.value = value
        self.status = status
        self.eventTimestamp = eventTimestamp
    }
}

/// What the values of a served row mean. Made once for a service and plan, and shared by its rows.
package struct ServedSchema: Hashable, Sendable {
    package let service: String
    package let planFingerprint: String
    package let joinKeys: [JoinKey]
    package let requestInputs: [RequestInput]
    package let features: [SelectedFeature]
    package let featureTypes: [FeatureType]
    /// The feature views that were read, once for each way in which their join keys were.
    package let views: [String]
    /// The definition of each of `views`: what is read from a row of another means the same under this one.
    package let viewFingerprints: [String]

    package init(service: String, planFingerprint: String, selection: FeatureSelection) {
        self.service = service
        self.planFingerprint = planFingerprint
        joinKeys = selection.joinKeys
        requestInputs = selection.requestInputs
        features = selection.features
        featureTypes = selection.types
        views = selection.joinedViews.map(\.name)
        viewFingerprints = selection.joinedViews.map(\.view.fingerprint)
    }
}
