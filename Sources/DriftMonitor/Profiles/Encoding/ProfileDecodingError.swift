/// Why stored bytes are no profile.
package enum ProfileDecodingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes end early, or go on.
    case wrongLength
    /// Written by a version that this one does not know.
    case unknownVersion(UInt8)
    /// A value that no profile has.
    case invalid(String)

    package var description: String {
        switch self {
        case .wrongLength: "the profile's bytes are cut off or too many; profile the window again"
        case .unknownVersion(let version): "the profile has format \(version), which this asof cannot read; update asof"
        case .invalid(let what): "the profile's bytes are damaged (\(what)); profile the window again"
        }
    }
}
