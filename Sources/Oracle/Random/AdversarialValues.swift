package import FeatureDefs

/// Values that break things, for every way in which Postgres stores a column: what an expression reads from it.
package enum AdversarialValues {
    package static func values(storedAs storage: ColumnStorage) -> [FeatureValue] {
        switch storage {
        case .int2: [0, 1, -1, 2, 7, 100, .init(Int16.min), .init(Int16.max)].map(FeatureValue.int64)
        case .int4: [0, 1, -1, 3, 5, 1000, .init(Int32.min), .init(Int32.max)].map(FeatureValue.int64)
        case .int8: integers.map(FeatureValue.int64)
        case .float4: singles.map(FeatureValue.float32)
        case .float8: doubles.map(FeatureValue.float64)
        case .numeric: [0, 1, -1.5, 0.1, 2.5, 1e20, -1e-20, .nan, .infinity, -.infinity].map(FeatureValue.float64)
        case .text, .varchar: texts.map(FeatureValue.string)
        // Not ending in a blank, and short enough for the column.
        case .bpchar: ["a", "Zz", "b c", "é", "日本", "10", " lead"].map(FeatureValue.string)
        case .bool: [true, false].map(FeatureValue.bool)
        case .timestamptz, .timestamp: instants.map(FeatureValue.timestamp)
        case .date: days.map(FeatureValue.timestamp)
        case .bytea: [[], [0], [0, 255], [1, 2, 3], [92, 39]].map(FeatureValue.bytes)
        case .uuid: uuids.map(FeatureValue.uuid)
        case .array(let element): lists(of: element)
        }
    }

    /// Values of a type as a definition may write them.
    package static func constants(of type: FeatureType) -> [FeatureValue] {
        switch type {
        case .int64: values(storedAs: .int8)
        case .float64: values(storedAs: .float8)
        case .float32: values(storedAs: .float4)
        case .string: values(storedAs: .text)
        case .bool: values(storedAs: .bool)
        case .timestamp: values(storedAs: .timestamptz)
        case .bytes: values(storedAs: .bytea)
        case .uuid: values(storedAs: .uuid)
        case .list(let element): lists(of: element, taking: constants(of: FeatureType(element)))
        case .vector(let length):
            [0, 1, -0.0, .nan, 0.1, -.infinity].map { .vector(Array(repeating: $0, count: length)) }
                + [.vector((0..<length).map { Float($0) / 8 })]
        }
    }

    private static func lists(of element: ColumnStorage.Element) -> [FeatureValue] {
        lists(of: element.scalar, taking: ColumnStorage(element.rawValue).map(values(storedAs:)) ?? [])
    }

    /// Empty, of NULLs, alike but for a NULL or for their lengths, and all the values that there are.
    private static func lists(of element: FeatureType.Scalar, taking values: [FeatureValue]) -> [FeatureValue] {
        let pairs = zip(values, values.dropFirst()).flatMap { first, second in [[first], [first, second], [second, .null]] }
        let lists = [[], [.null], [.null, .null], values, values.reversed()] + pairs
        return lists.map { .list(FeatureList($0, of: element)) }
    }

    package static let integers: [Int64] = [
        0, 1, -1, 2, 3, -3, 7, 10, 64, 1000, -1000, 1 << 31, -(1 << 31) - 1, 1 << 53, (1 << 53) + 1, -(1 << 53) - 1,
        3_037_000_500, .max, .max - 1, .min, .min + 1,
    ]

    package static let doubles: [Double] = [
        0, -0.0, 1, -1, 0.5, 1.5, 2.5, -0.5, -1.5, 0.1, 0.2, 3, -3, 7.25, 100, 1e-5, 1e16, 1e22, 0x1p53, 0x1p53 + 2, 0x1p63,
        -0x1p63,
        9.223372036854774e18, 1e154, 1e200, 1e-200, -1e-200, 745.2, 709.8, -745.2, .leastNonzeroMagnitude,
        -.leastNonzeroMagnitude,
        .leastNormalMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .nan, .infinity, -.infinity,
    ]

    package static let singles: [Float] = [
        0, -0.0, 1, -1, 0.5, 0.1, 16_777_216, 1e30, -1e-30, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .nan, .infinity,
        -.infinity,
    ]

    package static let texts: [String] = [
        "", " ", "a", "A", "b", "ab", "abc", "Abc XYZ", "é", "e\u{301}", "É", "ß", "İstanbul", "ǅ", "日本語", "🙂",
        "👨‍👩‍👧", "it's", "\\", "\\n", "\n\t", "%_", "\u{1}", "\u{7F}", "\u{FFFF}", "\u{10000}", "10", "9", "settled",
    ]

    package static let instants: [Timestamp] =
        [
            "1970-01-01", "1969-12-31T23:59:59.999999", "1970-01-01T00:00:00.000001", "2000-01-01", "2000-02-29T12:34:56.789",
            "1900-02-28T23:59:59.5", "2024-02-29T23:59:59.999999", "2024-03-10T07:00:00", "2024-11-03T06:30:00", "2023-01-01",
            "1582-10-10", "0001-01-01", "0000-12-31T23:59:59.999999", "0000-02-29", "-0043-03-15T10:00:00", "-4712-01-01",
            "9999-12-31T23:59:59.999999", "10000-01-01", "infinity", "-infinity",
        ].compactMap { Timestamp($0) } + [Timestamp.finiteRange.lowerBound, Timestamp.finiteRange.upperBound]

    private static let days: [Timestamp] = [
        "1970-01-01", "1969-12-31", "2000-02-29", "2024-12-31", "1582-10-15", "0000-12-31", "-0043-03-15", "infinity",
        "-infinity",
    ].compactMap { Timestamp($0) }

    private static let uuids: [UUIDBytes] = [
        .init(high: 0, low: 0), .init(high: .max, low: .max), .init(high: 1, low: 0), .init(high: 0x8000_0000_0000_0000, low: 1),
    ]
}
