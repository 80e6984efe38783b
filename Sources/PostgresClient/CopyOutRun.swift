import CLibpq

/// Messages of a COPY out, one after the other in memory that is used again: many rows for one call of whoever decodes them.
///
/// `PQgetCopyData` allocates each row; this asks libpq to copy rows to where we want them, and only waits by `PQgetCopyData`.
struct CopyOutRun: ~Copyable {
    private var bytes: UnsafeMutablePointer<CChar>
    private var capacity = 1 << 17
    private var count = 0

    /// A run that is this long is handed over; it stays in the processor's cache.
    private static let fullBytes = 1 << 16

    init() {
        bytes = .allocate(capacity: capacity)
    }

    deinit { bytes.deallocate() }

    /// Gathers messages until the run is full, or those that have come are used up; false once there are no more.
    ///
    /// - Parameter body: is given the run, which it must not keep.
    mutating func next(from connection: OpaquePointer, _ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
        count = 0
        let isMore = fill(from: connection)
        if count > 0 { try body(UnsafeRawBufferPointer(start: bytes, count: count)) }
        return isMore
    }

    private mutating func fill(from connection: OpaquePointer) -> Bool {
        while count < Self.fullBytes {
            let taken = take(from: connection)
            if taken < 0 { return false }
            if taken > 0 { continue }
            // All that was received is taken. More may have come since; where not, what there is can be decoded meanwhile.
            guard PQconsumeInput(connection) == 1 else { return false }
            let received = take(from: connection)
            if received < 0 { return false }
            if received > 0 { continue }
            if count > 0 { return true }
            guard waitForMessage(from: connection) else { return false }
        }
        return true
    }

    /// One message, if it has come whole: its length, 0 for none, -1 at the end. A message that does not fit comes in pieces.
    private mutating func take(from connection: OpaquePointer) -> Int {
        var total = 0
        while true {
            let room = capacity - count
            let taken = Int(PQgetlineAsync(connection, bytes + count, Int32(clamping: room)))
            if taken <= 0 { return total > 0 ? total : taken }
            count += taken
            total += taken
            if taken < room { return total }
            // It is whole, or the rest is there too.
            grow(by: 1)
        }
    }

    /// Waits for the next message, as libpq does it on whatever kind of connection; false at the end.
    private mutating func waitForMessage(from connection: OpaquePointer) -> Bool {
        var message: UnsafeMutablePointer<CChar>?
        let length = Int(PQgetCopyData(connection, &message, 0))
        guard length > 0, let message else { return false }
        defer { PQfreemem(message) }
        if length >= capacity - count { grow(by: length) }
        (bytes + count).update(from: message, count: length)
        count += length
        return true
    }

    private mutating func grow(by added: Int) {
        let larger = max(2 * capacity, capacity + added + 1)
        let grown = UnsafeMutablePointer<CChar>.allocate(capacity: larger)
        grown.update(from: bytes, count: count)
        bytes.deallocate()
        bytes = grown
        capacity = larger
    }
}
