extension BinaryCopyEncoder {
    /// A `text[]`.
    package mutating func append(textArray elements: [String?]) {
        appendArray(of: .text, count: elements.count, hasNull: elements.contains { $0 == nil }) { encoder in
            for element in elements {
                if let element { encoder.append(element) } else { encoder.appendNull() }
            }
        }
    }

    /// A `timestamptz[]` of microseconds since 1970.
    package mutating func append(timestampMicrosecondsArray elements: [Int64?]) {
        appendArray(of: .timestamptz, count: elements.count, hasNull: elements.contains { $0 == nil }) { encoder in
            for element in elements {
                if let element { encoder.append(timestampMicroseconds: element) } else { encoder.appendNull() }
            }
        }
    }

    /// A `bigint[]`.
    package mutating func append(int64Array elements: [Int64?]) {
        appendArray(of: .int8, count: elements.count, hasNull: elements.contains { $0 == nil }) { encoder in
            for element in elements {
                if let element { encoder.append(element) } else { encoder.appendNull() }
            }
        }
    }
}
