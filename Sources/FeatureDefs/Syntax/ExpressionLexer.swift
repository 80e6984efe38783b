/// Cuts an expression into tokens.
struct ExpressionLexer {
    private let source: ScalarText
    private let bytes: [UInt8]
    private var position = 0

    /// The tokens, an `.end` last; nil when there is a mistake, which is reported.
    static func tokens(of source: ScalarText, into sink: inout DiagnosticSink) -> [ExpressionToken]? {
        var lexer = ExpressionLexer(source)
        do throws(Diagnostic) {
            return try lexer.tokens()
        } catch {
            sink.report(error)
            return nil
        }
    }

    private init(_ source: ScalarText) {
        self.source = source
        bytes = Array(source.text.utf8)
    }

    private mutating func tokens() throws(Diagnostic) -> [ExpressionToken] {
        var tokens: [ExpressionToken] = []
        while true {
            skipBlanks()
            let start = position
            guard position < bytes.count else {
                tokens.append(.init(kind: .end, range: start..<start))
                return tokens
            }
            let kind = try nextKind()
            tokens.append(.init(kind: kind, range: start..<position))
        }
    }

    private mutating func nextKind() throws(Diagnostic) -> ExpressionToken.Kind {
        let byte = bytes[position]
        let start = position
        if byte.isDigit || (byte == UInt8(ascii: ".") && position + 1 < bytes.count && bytes[position + 1].isDigit) {
            return try number()
        }
        if byte.isNameStart {
            while position < bytes.count, bytes[position].isNameStart || bytes[position].isDigit { position += 1 }
            return .name(string(start..<position))
        }
        if byte == UInt8(ascii: "'") { return .text(try quoted(byte, what: "text")) }
        if byte == UInt8(ascii: "\"") {
            let name = try quoted(byte, what: "name")
            guard !name.isEmpty else { throw .emptyQuotedName(at: source.span(of: start..<position)) }
            return .quotedName(name)
        }
        for (spelling, help) in Diagnostic.foreignOperators where bytes[position...].starts(with: spelling.utf8) {
            throw .foreignOperator(spelling, help: help, at: source.span(of: start..<start + spelling.utf8.count))
        }
        for symbol in ExpressionToken.Symbol.allCases where bytes[position...].starts(with: symbol.rawValue.utf8) {
            position += symbol.rawValue.utf8.count
            return .symbol(symbol)
        }
        let character = source.text[source.text.utf8.index(source.text.startIndex, offsetBy: start)...].first ?? "?"
        throw .unknownCharacter(character, at: source.span(of: start..<start + character.utf8.count))
    }

    private mutating func number() throws(Diagnostic) -> ExpressionToken.Kind {
        let start = position
        skipDigits()
        var isFloat = false
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isFloat = true
            position += 1
            skipDigits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isFloat = true
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            skipDigits()
        }
        // `1d`, `1e`, `1_000`: not a number and a name, but one wrong number.
        while position < bytes.count, bytes[position].isNameStart || bytes[position].isDigit { position += 1 }
        let text = string(start..<position)
        if !isFloat, text.utf8.allSatisfy(\.isDigit) {
            guard let value = UInt64(text), value <= UInt64(Int64.max) + 1 else {
                throw .numberOutOfRange(text, at: source.span(of: start..<position))
            }
            return .integer(value)
        }
        guard isFloat, let value = Self.float(text) else { throw .malformedNumber(text, at: source.span(of: start..<position)) }
        let isWrittenZero = text.prefix { $0 != "e" && $0 != "E" }.allSatisfy { $0 == "0" || $0 == "." }
        guard value.isFinite, value != 0 || isWrittenZero else {
            throw .numberOutOfRange(text, at: source.span(of: start..<position))
        }
        return .float(value)
    }

    /// Swift wants digits on both sides of the point; SQL does not.
    private static func float(_ text: String) -> Double? {
        guard let point = text.firstIndex(of: ".") else { return Double(text) }
        let (whole, fraction) = (text[..<point], text[text.index(after: point)...])
        let needsDigit = fraction.first.map { $0 == "e" || $0 == "E" } ?? true
        return Double("\(whole.isEmpty ? "0" : whole).\(needsDigit ? "0" : "")\(fraction)")
    }

    /// What stands between two quotes; a doubled quote is one.
    private mutating func quoted(_ quote: UInt8, what: String) throws(Diagnostic) -> String {
        let start = position
        var content: [UInt8] = []
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte != quote {
                content.append(byte)
            } else if position < bytes.count, bytes[position] == quote {
                content.append(quote)
                position += 1
            } else {
                return String(decoding: content, as: UTF8.self)
            }
        }
        throw .unterminated(what, quote: quote == UInt8(ascii: "'") ? "'" : "\"", at: source.span(of: start..<start + 1))
    }

    private mutating func skipDigits() {
        while position < bytes.count, bytes[position].isDigit { position += 1 }
    }

    private mutating func skipBlanks() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    private func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

extension UInt8 {
    fileprivate var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    fileprivate var isNameStart: Bool {
        let lower = self | 0x20
        return self == UInt8(ascii: "_") || (lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z"))
    }
}
