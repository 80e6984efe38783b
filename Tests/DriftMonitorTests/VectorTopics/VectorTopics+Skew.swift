import DriftMonitor
import Foundation

extension VectorTopics {
    static func skew(_ vector: VectorCase) throws -> [String: VectorValue] {
        if vector.inputs.has("columns") { return ["rows": .list(try vector.expected["rows"].elements.map(verdict))] }
        if vector.inputs.has("a") {
            guard let difference = EmbeddingDifference(try vector.inputs["a"].numbers, try vector.inputs["b"].numbers) else {
                throw VectorValue.Unexpected(description: "embeddings of two lengths")
            }
            return [
                "cosine_distance": .number(difference.cosineDistance), "norm_ratio": .number(difference.normRatio),
                "max_abs": .number(difference.largest), "l2": .number(difference.euclidean),
                "match": .bool(difference.isMatch()),
            ]
        }
        if case .list = try vector.inputs["pairs"] {
            let each = try vector.inputs["pairs"].rows.map { FloatEquality.symmetricPercentageError($0[0], $0[1]) }
            return ["each": VectorValue(each), "mean": .number(each.reduce(0, +) / Double(each.count))]
        }
        return ["rows": .list(try vector.expected["rows"].elements.map(floatPair))]
    }

    private static func floatPair(_ row: VectorValue) throws -> VectorValue {
        func number(_ name: String) throws -> (Double, String) {
            guard let bits = UInt64(try row["\(name)_bits"].text, radix: 16) else {
                throw VectorValue.Unexpected(description: "no bits of `\(name)`")
            }
            let value = Double(bitPattern: bits)
            // The decimal text beside the bits must be the same number.
            let text = try row[name].text
            let isSame = Double(text)?.bitPattern == bits || (value.isNaN && text.lowercased() == "nan")
            return (value, isSame ? text : "\(value)")
        }
        let ((a, textA), (b, textB)) = (try number("a"), try number("b"))
        return .object([
            "a_bits": try row["a_bits"], "b_bits": try row["b_bits"], "a": .string(textA), "b": .string(textB),
            "ulps": .integer(FloatEquality.unitsInLastPlace(a, b)), "abs": .number(abs(a - b)),
            "rel": .number(FloatEquality.relativeDifference(a, b)),
            "equal_exact_bits_or_zero": .bool(FloatEquality.exact.areEqual(a, b)),
            "equal_ulp4": .bool(FloatEquality.unitsInLastPlace(4).areEqual(a, b)),
            "equal_default_rel1e-9_abs1e-12": .bool(FloatEquality.standard.areEqual(a, b)),
            "equal_after_float32": .bool(FloatEquality.float32.areEqual(a, b)), "note": try row["note"],
        ])
    }

    /// A row of [served, recomputed, verdict], with the verdict's words replaced by ours where they do not hold.
    private static func verdict(_ row: VectorValue) throws -> VectorValue {
        let cells = try row.elements.map { try $0.text }
        let (served, recomputed) = (try value(cells[0]), try value(cells[1]))
        func judged(_ change: (inout EqualityRule) -> Void = { _ in }) -> String {
            var rule = EqualityRule()
            change(&rule)
            switch ValueVerdict(served: served, recomputed: recomputed, rule: rule) {
            case .match: return "match"
            case .matchByCoercion: return "match with type_coercion note"
            case .mismatch(let cause): return "mismatch:\(cause.rawValue)"
            }
        }
        let wanted = cells[2]
        // The plain verdict comes first, then what changes it.
        let claim = wanted.split(separator: " (").first.map(String.init) ?? wanted
        let plain = judged()
        let isSame: Bool =
            switch claim {
            case "match within 1 ms tolerance, else mismatch:timestamp_precision":
                judged { $0.timestampTolerance = 1000 } == "match" && plain == "mismatch:timestamp_precision"
            case "mismatch unless declared set":
                plain.hasPrefix("mismatch") && judged { $0.lists = .set } == "match"
            case "match only if feature type is bool":
                plain.hasPrefix("mismatch") && judged { $0.isBool = true }.hasPrefix("match")
            case "mismatch": plain.hasPrefix("mismatch")
            default:
                plain == claim && (!wanted.contains("missing==null") || judged { $0.isMissingNull = true } == "match")
            }
        return .list([.string(cells[0]), .string(cells[1]), .string(isSame ? wanted : plain)])
    }

    /// A value as the table writes it.
    private static func value(_ text: String) throws -> ComparedValue {
        if let known: ComparedValue = [
            "null": .null, "missing_key": .missingKey, "NaN": .float(.nan), "+inf": .float(.infinity),
            "-inf": .float(-.infinity), "true": .bool(true), "false": .bool(false),
        ][text] {
            return known
        }
        if text.hasPrefix("\""), let end = text.dropFirst().lastIndex(of: "\"") {
            // `"é" (U+0065 U+0301)` says which code points are meant.
            let points = text[end...].split { !$0.isHexDigit && $0 != "U" && $0 != "+" }.compactMap { part in
                part.hasPrefix("U+") ? UInt32(part.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init) : nil
            }
            if points.isEmpty { return .string(String(text[text.index(after: text.startIndex)..<end])) }
            return .string(String(String.UnicodeScalarView(points)))
        }
        if text.hasPrefix("[") {
            let items = text.dropFirst().dropLast().split(separator: ",")
            return .list(try items.map { try value(String($0)) })
        }
        if text.hasPrefix("int "), let whole = Int64(text.dropFirst(4)) { return .int(whole) }
        if text.hasPrefix("float "), let number = Double(text.dropFirst(6)) { return .float(number) }
        if text.contains("T"), let microseconds = microseconds(text) { return .timestamp(microseconds) }
        if let whole = Int64(text) { return .int(whole) }
        if let number = Double(text) { return .float(number) }
        throw VectorValue.Unexpected(description: "no value in `\(text)`")
    }

    private static func microseconds(_ text: String) -> Int64? {
        // The fraction is read apart: a date of seconds in a double has no exact microseconds.
        let parts = text.split(separator: ".", maxSplits: 1)
        let fraction = parts.count > 1 ? parts[1].prefix(while: \.isNumber) : ""
        let zone = parts.count > 1 ? parts[1].drop(while: \.isNumber) : ""
        let formatter = ISO8601DateFormatter()
        guard let date = formatter.date(from: String(parts[0]) + zone),
            let micros = Int64(fraction.padding(toLength: 6, withPad: "0", startingAt: 0))
        else { return nil }
        return Int64(date.timeIntervalSince1970) * 1_000_000 + micros
    }
}
