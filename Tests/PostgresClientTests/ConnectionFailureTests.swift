import Foundation
import Glibc
import PostgresClient
import Testing

@Suite struct ConnectionFailureTests {
    @Test func aServerThatIsDownIsNamedWithoutItsPassword() async throws {
        let url = try PostgresURL("postgres://ann:s3cret@127.0.0.1:9/shop?password=s3cret")
        let error = await #expect(throws: PostgresError.self) { try await PostgresConnection.connect(to: url) }
        #expect(error?.code == .connectionFailed)
        #expect(error?.isUnreachable == true)
        #expect(error?.description.hasPrefix("cannot connect to postgres://ann@127.0.0.1:9/shop: ") == true)
        #expect(error?.description.contains("s3cret") == false)
        #expect(error?.debugDescription.contains("s3cret") == false)
    }

    @Test func aServerThatAcceptsAndSaysNothingIsGivenUp() async throws {
        let listener = try SilentListener()
        let url = try PostgresURL("postgres://ann@127.0.0.1:\(listener.port)/shop")
        let error = await #expect(throws: PostgresError.self) {
            try await PostgresConnection.connect(to: url, timeout: .milliseconds(200))
        }
        #expect(error?.description == "cannot connect to \(url): no answer within 0.2 s")
        #expect(error?.isUnreachable == true)
    }

    @Test func aDatabaseThatDoesNotExistIsSaidSo() async throws {
        let url = try await PostgresTest.url().with(database: "no such")
        let error = await #expect(throws: PostgresError.self) { try await PostgresConnection.connect(to: url) }
        #expect(error?.code == .connectionFailed)
        #expect(error?.message.contains("database \"no such\" does not exist") == true)
    }

    @Test func aBackendKilledInTheMiddleIsALostConnection() async throws {
        let connection = try await PostgresTest.connection()
        let pid = try #require(await connection.execute("SELECT pg_backend_pid()").firstCell)
        let statement = Task { try await connection.execute("SELECT pg_sleep(600) /* killed */") }
        let observer = try await PostgresTest.connection()
        while try await observer.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid::text = $1 AND state = 'active'", [.text(pid)]
        ).rows.isEmpty {
            try await Task.sleep(for: .milliseconds(5))
        }
        let error = await #expect(throws: PostgresError.self) { try await statement.value }
        #expect(error?.code == .connectionLost)
        #expect(error?.isUnreachable == true)
        let later = await #expect(throws: PostgresError.self) { try await connection.execute("SELECT 1") }
        #expect(later?.code == .connectionLost)
    }

    /// Before a server ends, it may fail a statement for the end of another of its processes; a statement may also fail by itself.
    @Test(arguments: [("55000", PostgresError.Code.connectionLost), ("22012", .server(.divisionByZero))])
    func aTransactionThatTheServersEndFailed(state: String, code: PostgresError.Code) async throws {
        let connection = try await PostgresTest.connection()
        let observer = try await PostgresTest.connection()
        let pid = try #require(await connection.execute("SELECT pg_backend_pid()").firstCell)
        let error = await #expect(throws: PostgresError.self) {
            try await connection.transaction {
                do {
                    try await connection.execute("DO $$ BEGIN RAISE 'a worker is gone' USING ERRCODE = '\(state)'; END $$")
                } catch {
                    try await observer.execute("SELECT pg_terminate_backend($1::int)", [.text(pid)])
                    let isThere = "SELECT FROM pg_stat_activity WHERE pid = $1::int"
                    while try await !observer.execute(isThere, [.text(pid)]).rows.isEmpty {
                        try await Task.sleep(for: .milliseconds(5))
                    }
                    throw error
                }
            }
        }
        #expect(error?.code == code)
        #expect((error?.detail ?? error?.message) == "a worker is gone")
    }

    /// `lastval` refuses a session without sequences with 55000, and the backend is ready for the next statement, before it comes to end itself.
    @Test func aStatementThatTheServersEndFailed() async throws {
        let connection = try await PostgresTest.connection()
        let error = await #expect(throws: PostgresError.self) {
            try await connection.executeScript("SELECT pg_terminate_backend(pg_backend_pid()), lastval()")
        }
        #expect(error?.code == .connectionLost)
        #expect(error?.detail == "lastval is not yet defined in this session")
        #expect(error?.isUnreachable == true)
    }

    @Test func aServersOwnErrorIsNotTheEndOfTheConnection() async throws {
        let connection = try await PostgresTest.connection()
        let error = await #expect(throws: PostgresError.self) { try await connection.execute("SELECT lastval()") }
        #expect(error?.sqlState?.code == "55000")
        #expect(try await connection.execute("SELECT 1").firstCell == "1")
    }

    @Test func aBackendKilledDuringACopyOutIsALostConnection() async throws {
        let connection = try await PostgresTest.connection()
        let error = await #expect(throws: PostgresError.self) {
            _ = try await connection.copyOut(
                """
                COPY (SELECT CASE WHEN i = 5000 THEN pg_terminate_backend(pg_backend_pid()) END FROM generate_series(1, 10000) AS i)
                TO STDOUT
                """, into: 0
            ) { count, _ in count += 1 }
        }
        #expect(error?.code == .connectionLost)
        #expect(error?.isUnreachable == true)
    }

    @Test func aBackendKilledDuringACopyIsALostConnection() async throws {
        let connection = try await PostgresTest.connection()
        let pid = try #require(await connection.execute("SELECT pg_backend_pid()").firstCell)
        let observer = try await PostgresTest.connection()
        try await connection.execute("CREATE TEMP TABLE t (n int)")
        let error = await #expect(throws: PostgresError.self) {
            try await connection.copyIn(
                "COPY t FROM STDIN",
                pushing: { sink in
                    try await observer.execute("SELECT pg_terminate_backend($1::int)", [.text(pid)])
                    while true { try await sink.send(Array(repeating: UInt8(ascii: "\n"), count: 65536)) }
                })
        }
        #expect(error?.code == .connectionLost)
    }

    @Test func aClosedConnectionSaysSo() async throws {
        let connection = try await PostgresTest.connection()
        await connection.close()
        let error = await #expect(throws: PostgresError.self) { try await connection.execute("SELECT 1") }
        #expect(error?.code == .connectionLost)
        #expect(error?.description.hasSuffix("it was closed") == true)
    }

    @Test func aDroppedConnectionIsClosed() async throws {
        let observer = try await PostgresTest.connection()
        var connection: PostgresConnection? = try await PostgresTest.connection()
        let pid = try #require(await connection?.execute("SELECT pg_backend_pid()").firstCell)
        connection = nil
        while try await observer.execute(
            "SELECT 1 FROM pg_stat_activity WHERE pid::text = $1", [.text(pid)]
        ).rows.isEmpty == false {
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}

/// Accepts connections, by way of its backlog, and never answers.
private struct SilentListener: ~Copyable {
    private let descriptor: Int32
    let port: UInt16

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        try #require(isListening)
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }
}
