import Foundation

/// Prints a command's result for machines: one JSON document with sorted keys on standard output.
enum JSONOutput {
    static func print(_ value: some Encodable) throws {
        Swift.print(try text(of: value))
    }

    static func text(of value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
