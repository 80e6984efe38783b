/// A server, and a key that it has.
package struct ServerKey: Sendable {
    package let server: RedisConnection
    package let key: String
}

extension HashSlot {
    /// The first number that is in the slot.
    static func tag(ofSlot slot: Int) -> Int {
        var number = 0
        while Self.slot(of: Array("\(number)".utf8)[...]) != slot { number += 1 }
        return number
    }
}
