import Foundation

/// JSON in which equal values are equal text: keys sorted, slashes as they are. What is hashed, compared or recorded is written so.
package enum CanonicalJSON {
    package static func text(of value: some Encodable, isIndented: Bool = false) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isIndented { encoder.outputFormatting.insert(.prettyPrinted) }
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
