import AsOfJoin
import FeatureDefs

/// A spine's rows in the order of a read's keys, and where they see its views.
struct ReadOrder: Sendable {
    let keys: SpineKeys
    let order: SpineOrder
    let points: [SpinePoints]
}
