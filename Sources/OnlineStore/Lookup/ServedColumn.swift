package import FeatureDefs

/// One feature of a lookup's answer for every row, in a form that is written out at once: no allocation and no reference for a number.
///
/// One column is used for feature after feature, and keeps its memory.
package struct ServedColumn: Sendable {
    /// A value as it is, or its place among `others`.
    package enum Cell: Sendable {
        case null
        case float64(Double)
        case int64(Int64)
        case other(Int)
    }

    package private(set) var cells: [Cell] = []
    package private(set) var others: [FeatureValue] = []
    /// Index among `LookupResult.timelines()`, which have the statuses and times; nil when there are own ones of both.
    package private(set) var timeline: Int?
    /// One for each row, where they are not all as the timeline says.
    package private(set) var ownStatuses: [FeatureStatus]?
    package private(set) var ownTimes: [Timestamp?]?

    package init() {}

    /// Begins another feature: of a timeline, or without one.
    fileprivate mutating func begin(timeline: Int?) {
        cells.removeAll(keepingCapacity: true)
        others.removeAll(keepingCapacity: true)
        self.timeline = timeline
        ownStatuses = timeline == nil ? [] : nil
        ownTimes = timeline == nil ? [] : nil
    }

    /// Adds a value which is as its timeline says.
    @inline(__always)
    fileprivate mutating func append(_ cell: Cell, row: Int, of timeline: ServedTimeline) {
        cells.append(cell)
        if ownStatuses != nil { ownStatuses?.append(timeline.statuses[row]) }
        if ownTimes != nil { ownTimes?.append(timeline.times[row]) }
    }

    /// Adds a value, the next row's, whatever it is.
    fileprivate mutating func append(_ served: ServedFeature, of timeline: ServedTimeline) {
        let row = cells.count
        append(served.value)
        if ownStatuses == nil, served.status != timeline.statuses[row] { ownStatuses = Array(timeline.statuses[..<row]) }
        if ownTimes == nil, served.eventTimestamp != timeline.times[row] { ownTimes = Array(timeline.times[..<row]) }
        ownStatuses?.append(served.status)
        ownTimes?.append(served.eventTimestamp)
    }

    fileprivate mutating func append(_ served: ServedFeature) {
        append(served.value)
        ownStatuses?.append(served.status)
        ownTimes?.append(served.eventTimestamp)
    }

    private mutating func append(_ value: FeatureValue) {
        switch value {
        case .null: cells.append(.null)
        case .float64(let number): cells.append(.float64(number))
        case .int64(let number): cells.append(.int64(number))
        case .float32, .string, .bool, .timestamp, .bytes, .uuid, .list, .vector:
            cells.append(.other(others.count))
            others.append(value)
        }
    }
}

extension LookupResult {
    /// Reads one feature for every row; `timelines` are the result's.
    package func read(feature: Int, timelines: [ServedTimeline], into column: inout ServedColumn) {
        guard case .stored(let index) = lookup.outputs[feature],
            timelines[lookup.timelines.groupOfInput[index]].isShared
        else {
            column.begin(timeline: nil)
            for row in 0..<count { column.append(self[feature: feature, row: row]) }
            return
        }
        let number = lookup.timelines.groupOfInput[index]
        let timeline = timelines[number]
        let input = lookup.inputs[index]
        column.begin(timeline: number)
        let reader = input.feature.cell
        stored.forEachRow(of: input.view) { row, bytes in
            if let bytes, case .present = timeline.statuses[row], let cell = reader.number(in: bytes) {
                column.append(cell, row: row, of: timeline)
            } else {
                column.append(self[feature: feature, row: row], of: timeline)
            }
        }
    }
}

extension CellReader {
    /// The cell's number; nil for NULL and for what is no number of 64 bits.
    @inline(__always)
    fileprivate func number(in row: UnsafeRawBufferPointer) -> ServedColumn.Cell? {
        guard case .fixed(let offset) = slot, !isNull(in: row) else { return nil }
        switch type {
        case .float64:
            let bits = UInt64(littleEndian: row.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            return .float64(Double(bitPattern: bits))
        case .int64: return .int64(Int64(littleEndian: row.loadUnaligned(fromByteOffset: offset, as: Int64.self)))
        case .float32, .bool, .string, .timestamp, .bytes, .uuid, .list, .vector: return nil
        }
    }
}
