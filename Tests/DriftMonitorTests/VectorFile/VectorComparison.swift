/// Where what was computed differs from what the file expects, by the file's own rule: numbers within
/// tolerance × max(1, |wanted|), everything else exactly. What the file expects and nobody computed is a difference too.
func differences(_ got: VectorValue, _ wanted: VectorValue, tolerance: Double, at path: String) -> [String] {
    switch (got, wanted) {
    case (.integer(let got), .integer(let wanted)):
        return got == wanted ? [] : ["\(path): got \(got), want \(wanted)"]
    case (.integer, .number), (.number, .integer), (.number, .number):
        guard let got = try? got.number, let wanted = try? wanted.number else { return ["\(path): not numbers"] }
        if got == wanted || abs(got - wanted) <= tolerance * max(1, abs(wanted)) { return [] }
        return ["\(path): got \(got), want \(wanted)"]
    case (.list(let got), .list(let wanted)):
        if got.count != wanted.count { return ["\(path): got \(got.count) elements, want \(wanted.count): \(got)"] }
        return zip(got, wanted).enumerated().flatMap {
            differences($1.0, $1.1, tolerance: tolerance, at: "\(path)[\($0)]")
        }
    case (.object(let got), .object(let wanted)):
        return wanted.sorted { $0.key < $1.key }.flatMap { key, wanted in
            guard let got = got[key] else { return ["\(path).\(key): no test computes it"] }
            return differences(got, wanted, tolerance: tolerance, at: "\(path).\(key)")
        }
    default:
        return got == wanted ? [] : ["\(path): got \(got), want \(wanted)"]
    }
}
