import Foundation

/// Prints a command's result for machines: one JSON document with sorted keys on standard output.
enum JSONOutput {
    static func print(_ value: some Encodable) throws {
        Swift.print(try text(of: value))
    }

    /// One document on one line, for a command that prints many.
    static func printLine(_ value: some Encodable) throws {
        Swift.print(try text(of: value, formatting: []))
    }

    static func text(of value: some Encodable, formatting: JSONEncoder.OutputFormatting = .prettyPrinted) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting.union([.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
