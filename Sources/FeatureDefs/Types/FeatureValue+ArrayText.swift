/// Lists and vectors as text: Postgres' array literals, `{1,2,NULL}`, `{"a b","",NULL}`, as it reads them, with
/// the elements as their own texts.
extension FeatureList {
    package var text: String {
        ArrayText.literal(values.map(\.text))
    }

    /// Reads a one-dimensional array literal; nil when it is none, or an element is not of the type.
    package init?(parsing text: String, of element: FeatureType.Scalar) {
        guard let texts = ArrayText.elements(of: text) else { return nil }
        var values: [FeatureValue] = []
        values.reserveCapacity(texts.count)
        for text in texts {
            guard let text else {
                values.append(.null)
                continue
            }
            guard let value = FeatureValue(parsing: text, as: FeatureType(element)) else { return nil }
            values.append(value)
        }
        self.init(values, of: element)
    }
}

extension FeatureValue {
    /// Reads a vector: `{0.5,1}`. nil when there are not so many elements, or one is NULL.
    static func vector(parsing text: String, count: Int) -> FeatureValue? {
        FeatureList(parsing: text, of: .float32).flatMap { FeatureValue(vectorOf: $0, count: count) }
    }

    /// A list of float32 as a vector; nil when there are not so many elements, or one is NULL.
    package init?(vectorOf list: FeatureList, count: Int) {
        guard list.values.count == count else { return nil }
        var elements: [Float] = []
        elements.reserveCapacity(count)
        for value in list.values {
            guard case .float32(let element) = value else { return nil }
            elements.append(element)
        }
        self = .vector(elements)
    }
}

/// Postgres' syntax of one-dimensional array literals.
///
/// Source: Postgres 15 documentation, 8.15.6 "Array Input and Output Syntax".
enum ArrayText {
    /// `{a,"b c",NULL}`; nil stands for NULL.
    static func literal(_ elements: [String?]) -> String {
        "{" + elements.map { $0.map(quotedIfNeeded) ?? "NULL" }.joined(separator: ",") + "}"
    }

    private static func quotedIfNeeded(_ text: String) -> String {
        let needsQuotes =
            text.isEmpty || text.lowercased() == "null"
            || text.utf8.contains { isBlank($0) || "{},\"\\".utf8.contains($0) }
        guard needsQuotes else { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { quoted += "\\" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }

    fileprivate static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    /// The elements of a literal; nil when it is malformed, nested, or has bounds of its own (`[0:1]={1,2}`).
    static func elements(of text: String) -> [String?]? {
        var reader = ArrayTextReader(text)
        return reader.read()
    }
}

private struct ArrayTextReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    mutating func read() -> [String?]? {
        skipBlanks()
        guard skip("{") else { return nil }
        var elements: [String?] = []
        skipBlanks()
        if !skip("}") {
            repeat {
                guard let element = readElement() else { return nil }
                elements.append(element)
            } while skip(",")
            guard skip("}") else { return nil }
        }
        skipBlanks()
        return position == bytes.count ? elements : nil
    }

    private mutating func skipBlanks() {
        while position < bytes.count, ArrayText.isBlank(bytes[position]) { position += 1 }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// One element and the blanks around it; nil when there is none, nil inside for NULL.
    private mutating func readElement() -> String?? {
        skipBlanks()
        let element = skip("\"") ? readQuoted().map { .some($0) } : readBare()
        skipBlanks()
        return element
    }

    private mutating func readQuoted() -> String? {
        var content: [UInt8] = []
        while position < bytes.count {
            if skip("\"") { return String(decoding: content, as: UTF8.self) }
            if skip("\\"), position == bytes.count { return nil }
            content.append(bytes[position])
            position += 1
        }
        return nil
    }

    private mutating func readBare() -> String?? {
        var content: [UInt8] = []
        /// Up to the last byte that is not a blank, or is an escaped one.
        var length = 0
        var isEscaped = false
        while position < bytes.count, !",{}\"".utf8.contains(bytes[position]) {
            let isBlank = ArrayText.isBlank(bytes[position])
            if skip("\\") {
                guard position < bytes.count else { return nil }
                isEscaped = true
                content.append(bytes[position])
                length = content.count
            } else {
                content.append(bytes[position])
                if !isBlank { length = content.count }
            }
            position += 1
        }
        guard length > 0 else { return nil }
        let text = String(decoding: content.prefix(length), as: UTF8.self)
        return .some(!isEscaped && text.lowercased() == "null" ? nil : text)
    }
}
