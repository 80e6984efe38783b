/// Stands in for values that are not for everybody to see: `masked:1`, `masked:2`, by the order in which they come. A hash would tell a
/// value to whoever can try all that it may be.
package struct SensitiveMask {
    private let isNeeded: Bool
    private var numbers: [String: Int] = [:]

    package init(isNeeded: Bool) {
        self.isNeeded = isNeeded
    }

    /// - Parameter text: of a value; nil for NULL, which is told.
    package mutating func shown(_ text: String?) -> String? {
        guard isNeeded, let text else { return text }
        let number = numbers[text] ?? numbers.count + 1
        numbers[text] = number
        return "masked:\(number)"
    }
}
