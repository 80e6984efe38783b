import Foundation
import Synchronization

extension PostgresConnection {
    /// What every session of ours starts from, whatever defaults the role or the database has: the same text for the same value, and
    /// no end of a transaction that waits for us to read another one's rows.
    private static let houseSettings = """
        SET TimeZone = 'UTC';
        SET DateStyle = 'ISO, YMD';
        SET IntervalStyle = 'postgres';
        SET extra_float_digits = 1;
        SET bytea_output = 'hex';
        SET standard_conforming_strings = on;
        SET transform_null_equals = off;
        SET array_nulls = on;
        SET idle_in_transaction_session_timeout = 0
        """

    /// Connects, or fails within `timeout` (or the URL's own `connect_timeout`) as `connectionFailed`, naming the URL.
    ///
    /// `settings` are set for the session after our own, as by `SET name = value`.
    package static func connect(
        to url: PostgresURL, timeout: Duration = .seconds(3), settings: [(name: String, value: String)] = []
    ) async throws(PostgresError) -> PostgresConnection {
        let timeout = url.connectTimeout ?? timeout
        let result = await withCheckedContinuation { continuation in
            let race = FirstResult(continuation)
            // A host look-up can block for longer than any limit of libpq's, so the caller's wait is limited apart from it.
            let timer = Task {
                try await Task.sleep(for: timeout + .milliseconds(200))
                race.finish(.failure(.connectionTimedOut(url, after: timeout)))
            }
            Thread {
                race.finish(
                    Result { () throws(PostgresError) in
                        try open(url, timeout: timeout, settings: settings)
                    })
                timer.cancel()
            }.start()
        }
        return try result.get()
    }

    /// Blocks until the session is ready for use.
    private static func open(
        _ url: PostgresURL, timeout: Duration, settings: [(name: String, value: String)]
    ) throws(PostgresError) -> PostgresConnection {
        let handle = try ConnectionHandle.connect(to: url, timeout: timeout)
        do throws(PostgresError) {
            _ = try handle.executeScript(houseSettings)
            for (name, value) in settings {
                _ = try handle.execute("SELECT set_config($1, $2, false)", [.text(name), .text(value)])
            }
        } catch {
            throw error.isUnreachable ? .connectionFailed(url, error.message) : error
        }
        return try PostgresConnection(adopting: handle)
    }
}

/// Resumes a continuation with the first of several results; the others are dropped, and so closed.
private final class FirstResult: Sendable {
    typealias Outcome = Result<PostgresConnection, PostgresError>
    private let continuation: Mutex<CheckedContinuation<Outcome, Never>?>

    init(_ continuation: CheckedContinuation<Outcome, Never>) {
        self.continuation = Mutex(continuation)
    }

    func finish(_ outcome: Outcome) {
        let continuation = continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        continuation?.resume(returning: outcome)
    }
}

extension PostgresURL {
    fileprivate var connectTimeout: Duration? {
        self["connect_timeout"].flatMap { Int($0) }.flatMap { $0 > 0 ? .seconds($0) : nil }
    }
}
