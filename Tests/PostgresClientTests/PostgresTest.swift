import PostgresClient
import TestSupport

/// Connections for these tests. The database is shared, so they make temporary tables only.
enum PostgresTest {
    static func url() async throws -> PostgresURL {
        try await TestStack.shared().postgresURL
    }

    static func connection() async throws -> PostgresConnection {
        try await .connect(to: url())
    }

    /// A connection to a new database that has these defaults.
    static func connection(databaseSettings: [String: String]) async throws -> PostgresConnection {
        let url = try await TestStack.shared().freshDatabase("settings")
        let name = try SQLIdentifier(url.database ?? "")
        let admin = try await connection()
        for (setting, value) in databaseSettings {
            try await admin.execute("ALTER DATABASE \(name.quoted) SET \(setting) = '\(value)'")
        }
        return try await .connect(to: url)
    }
}
