import Crypto

/// Fingerprints: SHA-256, in hex, of the canonical text. Renaming a file or editing a description changes none; changing
/// a window does.
extension Plan {
    package var fingerprint: String { Fingerprint.of(canonicalText) }
}

extension FeatureViewPlan {
    package var fingerprint: String { Fingerprint.of(canonicalText) }
}

extension OnDemandViewPlan {
    /// Of the view alone: what it reads has fingerprints of its own.
    package var fingerprint: String { Fingerprint.of(canonicalText) }
}

extension FeatureServicePlan {
    package var fingerprint: String { Fingerprint.of(canonicalText) }
}

enum Fingerprint {
    /// Changes when the same text comes to mean something else.
    private static let version = "asof plan 1\n"

    static func of(_ text: String) -> String {
        SHA256.hash(data: Array((version + text).utf8)).hexadecimal
    }
}
