import Columnar
import DriftMonitor
import FeatureDefs

/// Rows to be profiled: when, of which entity, and the cells of each profiled column.
struct ProfiledRows {
    /// Microseconds since 1970; nil without a time.
    var times: [Int64?]
    var entities: [UInt64]
    /// Of entity and request: which rows a sample keeps.
    var hashes: [UInt64]
    var cells: [ColumnCells]
    /// For each column what became of the cells, where the served log says it; empty where nothing is said.
    var statuses: [[FeatureStatus]] = []

    var count: Int { entities.count }

    /// - Parameters:
    ///   - keys: the columns that name the entity. None: every hour counts as one, for rows of an hour go together.
    ///   - request: the columns that tell rows of an entity apart, beside the time.
    init(time: Column, keys: [Column], request: [Column], values: [(column: Column, kind: ProfileKind)]) {
        (times, entities, hashes) = Self.identities(time: time, keys: keys, request: request)
        cells = values.map { ColumnCells($0.column, as: $0.kind) }
    }

    /// By row: when, a hash of the entity, and one of entity and request.
    private static func identities(
        time: Column, keys: [Column], request: [Column]
    ) -> (times: [Int64?], entities: [UInt64], hashes: [UInt64]) {
        let count = time.count
        var times: [Int64?] = Array(repeating: nil, count: count)
        if case .timestamp(let instants) = time { for row in 0..<count { times[row] = instants[row] } }
        var entities: [UInt64] = Array(repeating: 1, count: count)
        for key in keys { key.mixHashes(into: &entities) }
        if keys.isEmpty {
            for row in entities.indices {
                let hour = (times[row] ?? 0).flooredQuotient(by: ProfileWindow.microseconds)
                entities[row] = ProfileHash.combined(entities[row], UInt64(bitPattern: hour))
            }
        }
        var hashes = entities
        time.mixHashes(into: &hashes)
        for column in request { column.mixHashes(into: &hashes) }
        return (times, entities, hashes)
    }

    /// The hashes alone, of rows of which a sample takes a few.
    static func hashes(time: Column, keys: [Column], request: [Column]) -> [UInt64] {
        identities(time: time, keys: keys, request: request).hashes
    }

    private init(
        times: [Int64?], entities: [UInt64], hashes: [UInt64], cells: [ColumnCells], statuses: [[FeatureStatus]]
    ) {
        (self.times, self.entities, self.hashes, self.cells, self.statuses) = (times, entities, hashes, cells, statuses)
    }

    func chosen(_ rows: [Int]) -> ProfiledRows {
        ProfiledRows(
            times: rows.map { times[$0] }, entities: rows.map { entities[$0] }, hashes: rows.map { hashes[$0] },
            cells: cells.map { $0.chosen(rows) }, statuses: statuses.map { column in rows.map { column[$0] } })
    }

    mutating func append(_ other: ProfiledRows) {
        times += other.times
        entities += other.entities
        hashes += other.hashes
        for index in cells.indices { cells[index].append(other.cells[index]) }
        for index in statuses.indices { statuses[index] += other.statuses[index] }
    }
}

/// The base window: everything wider is a sum.
package enum ProfileWindow {
    package static let microseconds: Int64 = 3_600_000_000

    /// The start of an instant's hour.
    static func start(of microseconds: Int64) -> Int64 { microseconds.flooredQuotient(by: Self.microseconds) * Self.microseconds }
}
