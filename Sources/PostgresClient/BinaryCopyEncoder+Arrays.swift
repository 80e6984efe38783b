/// One-dimensional arrays in Postgres' binary form.
///
/// Source: Postgres 15, `array_send` in src/backend/utils/adt/arrayfuncs.c: dimensions, a flag for NULLs, the element type, then
/// for each dimension its length and lower bound, then each element as a field.
extension BinaryCopyEncoder {
    /// A `text[]`.
    package mutating func append(textArray elements: [String?]) {
        append(Self.array(of: .text, elements.map { $0.map { Array($0.utf8) } }))
    }

    /// A `timestamptz[]` of microseconds since 1970.
    package mutating func append(timestampMicrosecondsArray elements: [Int64?]) {
        append(
            Self.array(
                of: .timestamptz,
                elements.map { $0.map { Self.bigEndian(PostgresEpoch.fromUnix(microseconds: $0)) } }
            ))
    }

    private static func array(of type: PostgresTypeID, _ elements: [[UInt8]?]) -> [UInt8] {
        var bytes = bigEndian(Int32(elements.isEmpty ? 0 : 1))
        bytes += bigEndian(Int32(elements.contains { $0 == nil } ? 1 : 0))
        bytes += bigEndian(type.oid)
        guard !elements.isEmpty else { return bytes }
        bytes += bigEndian(Int32(elements.count))
        bytes += bigEndian(Int32(1))
        for element in elements {
            bytes += bigEndian(Int32(element?.count ?? -1))
            bytes += element ?? []
        }
        return bytes
    }

    private static func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }
}
