import FeatureDefs
import Testing

@testable import FeatureServer

struct JSONParserTests {
    private func parse(_ text: String) throws(JSONError) -> JSONValue { try JSONParser.parse(Array(text.utf8)) }

    @Test func valuesKeepTheirDigitsAndOrder() throws {
        let value = try parse(#" {"b":[9007199254740993, -0.10e+5 ,true,false,null], "a":"x"} "#)
        #expect(
            value
                == .object([
                    .init(
                        name: "b",
                        value: .array([.number("9007199254740993"), .number("-0.10e+5"), .bool(true), .bool(false), .null])),
                    .init(name: "a", value: .string("x")),
                ])
        )
    }

    @Test func escapesAreRead() throws {
        #expect(try parse(#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude42é""#) == .string("\"\\/\u{8}\u{C}\n\r\té🙂é"))
    }

    @Test(arguments: [
        "", " ", "nul", "tru", "01", "1.", ".5", "+1", "1e", "-", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":1,}", "{a:1}", "'a'",
        "\"a", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\n\"", "1 2", "NaN", "Infinity",
        "{\"a\":1,\"a\":2}", "\u{FEFF}1", String(repeating: "[", count: 100_000),
    ])
    func whatIsNotJSONIsRefused(text: String) {
        #expect(throws: JSONError.self) { try parse(text) }
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        #expect(throws: JSONError.self) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
        #expect(throws: JSONError.self) { try JSONParser.parse([0x22, 0xC0, 0x80, 0x22]) }
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let text = String(String.UnicodeScalarView((0..<0x300).compactMap { Unicode.Scalar($0 as UInt32) }))
        var writer = JSONWriter()
        writer.string(text)
        #expect(try JSONParser.parse(writer.bytes) == .string(text))
    }

    /// Two of three random bit patterns are numbers of 17 digits, which a string of the standard library has on the heap.
    @Test func numbersAreSpelledAsSwiftDescribesThem() {
        var numbers: [Double] = [0, -0.0, 1, 0.1, 1e15, 1e16, 1e-5, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0x1p53]
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<1000 { numbers.append(Double(bitPattern: generator.next())) }
        var writer = JSONWriter()
        writer.list(numbers) { $0.double($1) }
        let spelled = numbers.map {
            $0.isNaN ? "\"NaN\"" : $0 == .infinity ? "\"Infinity\"" : $0 == -.infinity ? "\"-Infinity\"" : $0.description
        }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "[\(spelled.joined(separator: ","))]")
    }
}
