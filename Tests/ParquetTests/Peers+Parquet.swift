import Foundation
import TestSupport

/// The other implementations of Parquet: pyarrow, DuckDB and Polars.
extension Peers {
    static let libraries = ["pyarrow", "duckdb", "polars"]

    /// A folder of this test run's own.
    static func makeScratchFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "asof-parquet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// Runs one of the scripts in `Peers/`.
    static func run(_ script: String, _ arguments: String...) async throws {
        try await run(URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Peers/\(script)"), arguments)
    }
}
