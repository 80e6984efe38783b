import PostgresClient
import TestSupport
import Testing

@testable import OfflineStore

/// Numbers of transactions wrap around at 2^32.
@Suite struct RowVersionsTests {
    /// - Parameter passed: how many transactions ago the oldest began that was open.
    @Test(arguments: [0, 1, 500, 1 << 30, (1 << 31) - 1] as [Int64])
    func aVersionIsNewFromTheOldestOpenTransactionOn(passed: Int64) async throws {
        let connection = try await PostgresConnection.connect(to: try await TestStack.shared().freshDatabase("versions"))
        let alias = try SQLIdentifier("r")
        try await connection.transaction(isolation: .repeatableRead, readOnly: true) {
            let age = try #require(try await connection.execute("SELECT age('3'::xid)").firstCell.flatMap { Int64($0) })
            let oldest = 3 + age - passed + (1 << 32)
            let state = SourceState(oldestOpenTransaction: oldest, nextTransaction: oldest + passed, storage: nil)
            let isNew = RowVersions.areNew(alias, since: state).text
            for distance in [passed - (1 << 31) + 1, -1000, -1, 0, 1, passed] where passed - distance < 1 << 31 {
                let number = (oldest + distance) % (1 << 32)
                let answer = try await connection.execute("SELECT \(isNew) FROM (SELECT '\(number)'::xid AS xmin) AS r").firstCell
                // The first three numbers stand for what is older than any transaction.
                #expect(answer == (distance >= 0 && number > 2 ? "t" : "f"), "\(distance) from the oldest")
            }
        }
        await connection.close()
    }
}
