import Crypto
import Foundation

/// The tokens that clients may present (RFC 6750), kept as digests only.
package struct BearerTokens: Sendable {
    private let digests: [SHA256.Digest]

    /// - Parameter tokens: at least one, none empty.
    package init(_ tokens: [String]) {
        precondition(!tokens.isEmpty && !tokens.contains(""), "there is a token, and none is empty")
        digests = tokens.map { SHA256.hash(data: Data($0.utf8)) }
    }

    enum Verdict: Hashable {
        case accepted
        /// No `Authorization: Bearer` at all.
        case missing
        case unknown
    }

    /// Judges an `Authorization` header. Takes as long for a token that is nearly right as for one that is not at all: digests
    /// are compared, each in constant time (swift-crypto), and all of them.
    func judge(_ header: String?) -> Verdict {
        guard let header, let space = header.firstIndex(of: " "), header[..<space].lowercased() == "bearer" else {
            return .missing
        }
        let presented = SHA256.hash(data: Data(header[header.index(after: space)...].utf8))
        var isKnown = false
        for digest in digests where digest == presented { isKnown = true }
        return isKnown ? .accepted : .unknown
    }
}
