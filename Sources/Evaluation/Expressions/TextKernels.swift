/// Postgres' text functions on UTF-8, in code points.
///
/// Source: Postgres 15, `src/backend/utils/adt/varlena.c` and `formatting.c`.
enum TextKernels {
    static func length(_ text: String) -> Int64 {
        Int64(text.unicodeScalars.count)
    }

    /// `asc_tolower`: letters beyond ASCII stay.
    static func lower(_ text: String) -> String {
        mapBytes(of: text) { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 + 32 : $0 }
    }

    /// `asc_toupper`
    static func upper(_ text: String) -> String {
        mapBytes(of: text) { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") ? $0 - 32 : $0 }
    }

    /// `text_substring`: positions count from 1, and those before it use up the count. nil count: to the end.
    static func substring(_ text: String, start: Int32, count: Int32?) throws(EvaluationError) -> String {
        let first = Int64(max(start, 1))
        var end = Int64.max
        if let count {
            if count < 0 { throw .negativeSubstringLength }
            end = Int64(start) + Int64(count)
            if end <= first { return "" }
        }
        let scalars = text.unicodeScalars
        guard let from = scalars.index(scalars.startIndex, offsetBy: Int(first - 1), limitedBy: scalars.endIndex) else {
            return ""
        }
        let length = Int(clamping: end - first)
        let upTo = scalars.index(from, offsetBy: length, limitedBy: scalars.endIndex) ?? scalars.endIndex
        return String(scalars[from..<upTo])
    }

    private static func mapBytes(of text: String, _ transform: (UInt8) -> UInt8) -> String {
        String(decoding: text.utf8.map(transform), as: UTF8.self)
    }
}
