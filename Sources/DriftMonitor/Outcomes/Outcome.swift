/// A prediction, and whether it has turned out to be of the positive class, by when.
package struct Outcome: Hashable, Sendable {
    /// When it was made, in days since 1970-01-01, UTC.
    package let day: Double
    /// The model's probability of the positive class.
    package let score: Double
    /// When its positive label came; nil while none has. What is not labelled positive is negative so far.
    package let positiveOn: Double?

    package init(day: Double, score: Double, positiveOn: Double?) {
        self.day = day
        self.score = score
        self.positiveOn = positiveOn
    }
}
