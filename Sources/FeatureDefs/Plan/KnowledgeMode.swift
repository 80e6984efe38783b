/// What a training row is allowed to have known (DESIGN §2).
package enum KnowledgeMode: String, Hashable, Sendable, Codable, CaseIterable {
    /// The contract in full: schedule and availability. What the online store could have held.
    case asServed = "as_served"
    /// cut = t, availability respected. What a system without lag would have known.
    case asKnown = "as_known"
    /// cut = t, availability ignored (a = e). What is true in hindsight; leaks the future by design.
    case clean
}
