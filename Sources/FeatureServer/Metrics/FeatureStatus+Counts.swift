import FeatureDefs

extension FeatureStatus {
    /// A number for each status.
    struct Counts: Hashable, Sendable {
        private var present = 0
        private var nullValue = 0
        private var notFound = 0
        private var outsideMaxAge = 0
        private var invalid = 0

        mutating func add(_ status: FeatureStatus) {
            switch status {
            case .present: present += 1
            case .nullValue: nullValue += 1
            case .notFound: notFound += 1
            case .outsideMaxAge: outsideMaxAge += 1
            case .invalid: invalid += 1
            }
        }

        mutating func add(_ others: Counts) {
            present += others.present
            nullValue += others.nullValue
            notFound += others.notFound
            outsideMaxAge += others.outsideMaxAge
            invalid += others.invalid
        }

        subscript(status: FeatureStatus) -> Int {
            switch status {
            case .present: present
            case .nullValue: nullValue
            case .notFound: notFound
            case .outsideMaxAge: outsideMaxAge
            case .invalid: invalid
            }
        }
    }
}
