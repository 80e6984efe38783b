import FeatureDefs

/// Prints a command's result for machines: one JSON document with sorted keys on standard output.
enum JSONOutput {
    static func print(_ value: some Encodable) throws {
        Swift.print(try CanonicalJSON.text(of: value, isIndented: true))
    }

    /// One document on one line, for a command that prints many.
    static func printLine(_ value: some Encodable) throws {
        Swift.print(try CanonicalJSON.text(of: value))
    }
}
