import FeatureDefs
import Foundation
import PostgresClient

/// The numbers under which views' rows stand in the online store: given out once, and never for two things.
struct OnlineNumbers {
    /// Rows of layouts older than so many are not read any more.
    private static let keptLayouts = 32

    let connection: PostgresConnection
    let project: String

    /// Within the transaction that records a plan.
    func assign(to view: FeatureViewPlan) async throws {
        try await connection.execute(
            """
            INSERT INTO asof.view_fields (project, view, field_id)
            SELECT $1, $2, 1 + coalesce(max(field_id), 0) FROM asof.view_fields WHERE project = $1
            ON CONFLICT (project, view) DO NOTHING
            """,
            [.text(project), .text(view.name)]
        )
        let meaning = try Self.text(of: view.storedRow)
        let layout = try await layout(of: view, meaning)
        try await explain(layout, of: view, meaning)
        try await connection.execute(
            """
            INSERT INTO asof.view_layouts (project, view, fingerprint, layout_id) VALUES ($1, $2, $3, $4)
            ON CONFLICT (project, view, fingerprint) DO UPDATE
            SET layout_id = excluded.layout_id, assigned_at = clock_timestamp()
            WHERE view_layouts.layout_id <> excluded.layout_id
            """,
            [.text(project), .text(view.name), .text(view.fingerprint), .int64(layout)]
        )
    }

    /// The view's newest layout when its rows are the same, else a new one. A definition that comes back after another gets a new number
    /// all the same: rows of the one in between must not outrank it.
    private func layout(of view: FeatureViewPlan, _ meaning: String) async throws -> Int64 {
        let newest = try await connection.execute(
            """
            SELECT layout_id, meaning, fingerprint
            FROM asof.view_layouts AS given LEFT JOIN asof.row_layouts USING (project, layout_id)
            WHERE project = $1 AND given.view = $2 ORDER BY layout_id DESC, fingerprint = $3 DESC LIMIT 1
            """,
            [.text(project), .text(view.name), .text(view.fingerprint)]
        ).rows.first
        if let newest, let layout = newest[0].flatMap({ Int64($0) }) {
            if let known = newest[1] {
                if known == meaning { return layout }
            } else if newest[2] == view.fingerprint {
                return layout
            }
        }
        let next = try await connection.execute(
            "SELECT 1 + coalesce(max(layout_id), 0) FROM asof.view_layouts WHERE project = $1", [.text(project)]
        ).firstCell
        guard let next = next.flatMap({ Int64($0) }) else {
            throw PostgresError(.protocolMismatch, "the registry gives no layout number")
        }
        return next
    }

    private func explain(_ layout: Int64, of view: FeatureViewPlan, _ meaning: String) async throws {
        try await connection.execute(
            """
            INSERT INTO asof.row_layouts (project, layout_id, view, meaning) VALUES ($1, $2, $3, $4)
            ON CONFLICT (project, layout_id) DO NOTHING
            """,
            [.text(project), .int64(layout), .text(view.name), .text(meaning)]
        )
    }

    /// Says what the layouts mean that an older asof gave to the plan applied last.
    func explainLayouts(ofPlan json: String) async throws {
        guard let plan = try? JSONDecoder().decode(Plan.self, from: Data(json.utf8)) else { return }
        let given = try await connection.execute(
            """
            SELECT given.view, fingerprint, layout_id
            FROM asof.view_layouts AS given LEFT JOIN asof.row_layouts USING (project, layout_id)
            WHERE project = $1 AND meaning IS NULL
            """,
            [.text(project)]
        ).rows
        for view in plan.featureViews {
            for row in given where row[0] == view.name && row[1] == view.fingerprint {
                guard let layout = row[2].flatMap({ Int64($0) }) else { continue }
                try await explain(layout, of: view, try Self.text(of: view.storedRow))
            }
        }
    }

    /// Of each view of an applied plan, by name: its numbers, and the layouts that its rows had and have under other definitions.
    func layouts(of plan: Plan) async throws -> [String: ViewLayoutIDs] {
        let rows = try await connection.execute(
            """
            SELECT view, fingerprint, field_id, layout_id FROM asof.view_layouts JOIN asof.view_fields USING (project, view)
            WHERE project = $1
            """,
            [.text(project)]
        ).rows
        let fingerprints = Dictionary(uniqueKeysWithValues: plan.featureViews.map { ($0.name, $0.fingerprint) })
        let others = try await explainedLayouts()
        var layouts: [String: ViewLayoutIDs] = [:]
        for row in rows {
            guard let view = row[0], fingerprints[view] == row[1], let field = row[2].flatMap({ UInt32($0) }),
                let layout = row[3].flatMap({ UInt32($0) })
            else { continue }
            layouts[view] = ViewLayoutIDs(
                field: field, layout: layout, others: others[view, default: []].filter { $0.layout != layout })
        }
        return layouts
    }

    /// The newest first. None in a registry that an older asof made.
    private func explainedLayouts() async throws -> [String: [ViewLayoutIDs.Other]] {
        guard try await connection.execute("SELECT to_regclass('asof.row_layouts') IS NOT NULL").firstCell == "t" else {
            return [:]
        }
        let rows = try await connection.execute(
            """
            SELECT view, layout_id, meaning FROM (
                SELECT *, row_number() OVER (PARTITION BY view ORDER BY layout_id DESC) AS age
                FROM asof.row_layouts WHERE project = $1
            ) AS layouts
            WHERE age <= $2 ORDER BY layout_id DESC
            """,
            [.text(project), .int64(Int64(Self.keptLayouts))]
        ).rows
        var layouts: [String: [ViewLayoutIDs.Other]] = [:]
        for row in rows {
            guard let view = row[0], let layout = row[1].flatMap({ UInt32($0) }), let meaning = row[2],
                let stored = try? JSONDecoder().decode(StoredRowMeaning.self, from: Data(meaning.utf8))
            else { continue }
            layouts[view, default: []].append(ViewLayoutIDs.Other(layout: layout, row: stored))
        }
        return layouts
    }

    private static func text(of row: StoredRowMeaning) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(row), as: UTF8.self)
    }
}
