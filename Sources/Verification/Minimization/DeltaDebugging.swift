/// Removes elements for as long as what is left stays interesting (Zeller, Hildebrandt, "Simplifying and Isolating
/// Failure-Inducing Input", 2002). The result is 1-minimal: no single element can be left out, unless `isInteresting` gave up.
func minimized<Element: Sendable>(
    _ elements: [Element], while isInteresting: ([Element]) async throws -> Bool
) async rethrows -> [Element] {
    var rest = elements
    var pieces = 2
    while !rest.isEmpty {
        let size = max(1, (rest.count + pieces - 1) / pieces)
        var isReduced = false
        for start in stride(from: 0, to: rest.count, by: size) {
            let candidate = Array(rest[..<start] + rest[min(rest.count, start + size)...])
            if try await isInteresting(candidate) {
                rest = candidate
                pieces = max(2, pieces - 1)
                isReduced = true
                break
            }
        }
        if isReduced { continue }
        if size == 1 { break }
        pieces = min(rest.count, pieces * 2)
    }
    return rest
}
