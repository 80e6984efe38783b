package import DriftMonitor
package import FeatureDefs
import PostgresClient

extension ProfileStore {
    /// Replaces the profiles of `from..<to` by these: a run that is made again leaves what one run leaves.
    func replace(
        of baseline: String, source: Baseline.Kind, from: Timestamp, to: Timestamp, with profiles: [WindowProfiles]
    ) async throws {
        try await connection.transaction {
            try await lock(baseline)
            try await connection.execute(
                """
                DELETE FROM asof.profiles
                WHERE project = $1 AND baseline = $2 AND source = $3 AND window_start >= $4 AND window_start < $5
                """,
                [
                    .text(project), .text(baseline), .text(source.rawValue), .timestamptz(microseconds: from.microseconds),
                    .timestamptz(microseconds: to.microseconds),
                ]
            )
            for each in profiles { try await write(each, of: baseline, source: source) }
        }
    }

    func write(_ profiles: WindowProfiles, of baseline: String, source: Baseline.Kind) async throws {
        let project = project
        let frames = profiles.frames
        try await connection.copyInBinary(
            """
            COPY asof.profiles (project, baseline, source, slice, window_start, feature, definition, rows, state)
            FROM STDIN (FORMAT binary)
            """
        ) { writer in
            for (start, window) in profiles.windows.sorted(by: { $0.key < $1.key }) {
                func row(_ feature: String, _ definition: String, _ state: [UInt8]) throws {
                    try writer.beginRow(fieldCount: 9)
                    writer.fields.append(project)
                    writer.fields.append(baseline)
                    writer.fields.append(source.rawValue)
                    writer.fields.append("")
                    writer.fields.append(timestampMicroseconds: start)
                    writer.fields.append(feature)
                    writer.fields.append(definition)
                    writer.fields.append(Int64(window.rows))
                    writer.fields.append(state)
                }
                try row("", frames.definition, window.joint.encoded())
                for (column, profile) in zip(frames.columns, window.features) {
                    if let profile { try row(column.column.name, column.column.definition, profile.encoded()) }
                }
            }
        }
    }

    /// The profiles of `from..<to`, days merged; those of the baseline's own definitions only. Which features have others is told.
    package func nights(
        of baseline: String, _ frames: BaselineFrames, source: Baseline.Kind, from: Timestamp, to: Timestamp
    ) async throws -> StoredNights {
        var known: [String: BaselineFrames.Column] = [:]
        for column in frames.columns { known[column.column.name] = column }
        let (columns, joint) = (known, frames.joint)
        func text(_ value: String) -> String { "'" + value.replacing("'", with: "''") + "'" }
        // COPY takes no parameters. Names of projects and baselines are ours or checked; quoted all the same.
        let sql = """
            SELECT window_start, feature, definition, state FROM asof.profiles
            WHERE project = \(text(project)) AND baseline = \(text(baseline)) AND source = \(text(source.rawValue))
                AND window_start >= to_timestamp(\(from.microseconds / 1_000_000))
                AND window_start < to_timestamp(\(to.microseconds / 1_000_000))
            ORDER BY window_start, feature, definition
            """
        return try await connection.copyOutRows(of: sql, into: StoredNights()) { nights, row in
            guard let start = try row.nextTimestampMicroseconds(), let feature = try row.nextText(),
                let meaning = try row.nextText(), let bytes = try row.nextBytes()
            else { return }
            let day = Int(start.flooredQuotient(by: 86_400_000_000))
            if feature.isEmpty {
                try nights.add(DriftNight(day: day, joint: JointProfile(decoding: bytes, frame: joint)), hour: start)
            } else if let column = columns[feature], column.column.definition == meaning {
                let profile = try FeatureProfile(decoding: bytes, frame: column.frame)
                try nights.add(DriftNight(day: day, features: [feature: profile]), hour: start)
            } else {
                nights.otherDefinitions[feature, default: []].insert(day)
            }
        }
    }
}

/// Nights as they were stored.
package struct StoredNights: Sendable {
    /// By day, each day's windows merged.
    package private(set) var byDay: [Int: DriftNight] = [:]
    /// The windows that each day has.
    package private(set) var windows: [Int: Set<Int64>] = [:]
    /// Features that had another definition than the baseline's, and on which days.
    package fileprivate(set) var otherDefinitions: [String: Set<Int>] = [:]

    fileprivate mutating func add(_ night: DriftNight, hour: Int64) throws {
        windows[night.day, default: []].insert(hour)
        if byDay[night.day]?.merge(night) == nil { byDay[night.day] = night }
    }

    /// In order.
    package var nights: [DriftNight] { byDay.values.sorted { $0.day < $1.day } }
}
