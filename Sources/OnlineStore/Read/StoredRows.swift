import RedisClient

/// The rows of some views for the rows of a request, still where they are in Redis' answer.
package struct StoredRows: Sendable {
    let replies: RedisReplies
    /// The number of rows of the request.
    package let count: Int
    /// For each view, for each row of the request: the index among the replies' values; `missing` when there is none.
    private(set) var places: [Int32]
    /// Rows of other layouts than their view writes: after a change of its definition.
    private var others: [(place: Int32, layout: Int32)] = []
    /// Whether an entity that was asked for, all of whose keys are known, has no row of a view.
    private(set) var lacksRows = false

    static let missing: Int32 = -1
    /// There is something that this version of the view cannot read.
    static let unreadable: Int32 = -2
    /// The entity's key holds no hash: somebody else wrote it.
    private static let foreign: Int32 = -3
    /// From here on down: rows of other layouts, by their index among `others`.
    private static let firstOther: Int32 = -4

    init(replies: RedisReplies, count: Int, views: Int) {
        self.replies = replies
        self.count = count
        // Not by `repeating:`, which looks the array's type up each time, 2.5% of a lookup of one entity.
        places = []
        places.reserveCapacity(count * views)
        for _ in 0..<count * views { places.append(Self.missing) }
    }

    mutating func set(view: Int, row: Int, to place: Int) {
        places[view * count + row] = Int32(place)
    }

    mutating func noteMissing() { lacksRows = true }

    mutating func markUnreadable(view: Int, row: Int) {
        places[view * count + row] = Self.unreadable
    }

    mutating func markForeign(view: Int, row: Int) {
        places[view * count + row] = Self.foreign
    }

    func isForeign(view: Int, row: Int) -> Bool { places[view * count + row] == Self.foreign }

    /// `layout` is the index of the layout among those that the view's reader knows.
    mutating func markOther(view: Int, row: Int, layout: Int) {
        let index = view * count + row
        others.append((places[index], Int32(layout)))
        places[index] = Self.firstOther - Int32(others.count - 1)
    }

    func place(view: Int, row: Int) -> Int32 { places[view * count + row] }

    /// Reads a row of the view's layout in place; nil where there is none, or none that can be read.
    func withRow<Value>(view: Int, row: Int, _ body: (UnsafeRawBufferPointer) -> Value) -> Value? {
        let place = places[view * count + row]
        guard place >= 0 else { return nil }
        return withBytes(at: place, body)
    }

    /// Reads a row of another layout in place; nil where there is none.
    func withOtherRow<Value>(view: Int, row: Int, _ body: (UnsafeRawBufferPointer, _ layout: Int) -> Value) -> Value? {
        let place = places[view * count + row]
        guard place <= Self.firstOther else { return nil }
        let other = others[Int(Self.firstOther - place)]
        return withBytes(at: other.place) { body($0, Int(other.layout)) }
    }

    @inline(__always)
    private func withBytes<Value>(at place: Int32, _ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        let range = replies.values[Int(place)].range
        return replies.bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// Reads a view's rows in place, one after the other; nil where there is none, or none that can be read.
    @inline(__always)
    func forEachRow(of view: Int, _ body: (_ row: Int, UnsafeRawBufferPointer?) -> Void) {
        replies.bytes.withUnsafeBytes { bytes in
            for row in 0..<count {
                let place = places[view * count + row]
                body(row, place >= 0 ? UnsafeRawBufferPointer(rebasing: bytes[replies.values[Int(place)].range]) : nil)
            }
        }
    }
}
