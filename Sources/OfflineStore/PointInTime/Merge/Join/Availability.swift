import Columnar
import FeatureDefs

/// When the rows of a source were known (DESIGN §2).
struct Availability {
    /// By row: the available time as the knowledge mode has it; nil where that is the event time.
    let available: ContiguousArray<Int64>?
    /// The numbers of the keys, -1 for rows that do not exist.
    private(set) var keys: RowChoice

    /// - Parameter asOf: rows that were recorded later do not exist.
    init(_ content: SourceContent, knowledge: KnowledgeMode, asOf: Timestamp?) {
        keys = content.keys
        let source = content.read.source
        let created = source.createdTimestamp.map { content.values[content.read.place(of: $0)] }
        let recorded = Self.recorded(source, events: content.events, created: created)
        switch knowledge {
        case .asServed, .asKnown: available = recorded
        case .clean: available = nil
        }
        guard let asOf, let recorded else { return }
        for row in keys.indices where recorded[row] > asOf.microseconds { keys[row] = -1 }
    }

    /// The created timestamp, or else the event timestamp and the delay; nil where the latter is the event timestamp.
    static func recorded(
        _ source: SourcePlan, events: ContiguousArray<Int64>, created: Column?
    ) -> ContiguousArray<Int64>? {
        let delay = source.delay
        guard let created else {
            guard delay != .zero else { return nil }
            return ContiguousArray(events.map { delayed($0, by: delay) })
        }
        guard case .timestamp(let cells) = created else { preconditionFailure("a created timestamp is an instant") }
        if cells.validity.nullCount == 0 { return cells.values }
        return ContiguousArray(
            cells.values.indices.map { row in
                cells.validity.isValid(row) ? cells.values[row] : delayed(events[row], by: delay)
            })
    }

    private static func delayed(_ event: Int64, by delay: Period) -> Int64 {
        (Timestamp(microseconds: event) + delay).microseconds
    }
}
