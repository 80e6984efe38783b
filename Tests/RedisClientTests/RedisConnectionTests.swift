import RedisClient
import TestSupport
import Testing

/// What a connection does when its server refuses, dies, stalls and comes back.
struct RedisConnectionTests {
    @Test func aServerThatIsDownIsNamedWithoutItsPassword() async throws {
        let url = RedisURL(endpoint: .unixSocket(path: "/tmp/asof-no-such.sock"), user: "me", password: "secret")
        let error = await #expect(throws: RedisError.self) { try await RedisConnection.connect(to: url) }
        #expect(error?.code == .unreachable)
        #expect(error?.isUnreachable == true)
        #expect(
            error?.message == "cannot reach Redis at unix://me@/tmp/asof-no-such.sock: No such file or directory"
        )
    }

    @Test func aRefusedPortIsUnreachable() async throws {
        let url = RedisURL(endpoint: .tcp(host: "127.0.0.1", port: 1))
        let error = await #expect(throws: RedisError.self) { try await RedisConnection.connect(to: url) }
        #expect(error?.message == "cannot reach Redis at redis://127.0.0.1:1/0: Connection refused")
    }

    @Test func passwordsAreCheckedAtLogin() async throws {
        let server = try PrivateRedisServer(["--requirepass", "right"])
        try await server.start()
        var url = server.url
        let missing = await #expect(throws: RedisError.self) { try await RedisConnection.connect(to: url) }
        #expect(missing?.code == .authenticationFailed)
        url.password = "wrong"
        let wrong = await #expect(throws: RedisError.self) { try await RedisConnection.connect(to: url) }
        #expect(wrong?.code == .authenticationFailed)
        #expect(wrong?.message.contains("wrong") == false)
        url.password = "right"
        url.database = 3
        let connection = try await RedisConnection.connect(to: url)
        #expect(try await connection.send(RedisPipeline("PING")) == [.status("PONG")])
        url.user = "default"
        _ = try await RedisConnection.connect(to: url)
        url.database = 999
        let refused = await #expect(throws: RedisError.self) { try await RedisConnection.connect(to: url) }
        #expect(refused?.code == .loginRefused)
    }

    @Test func aPasswordNobodyAskedForIsRefused() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        var url = server.url
        url.password = "secret"
        let error = await #expect(throws: RedisError.self) { try await RedisConnection.connect(to: url) }
        #expect(error?.code == .authenticationFailed)
    }

    @Test func aRestartBetweenCallsCostsNobodyAnError() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        for _ in 0..<3 {
            #expect(try await connection.send(RedisPipeline("PING")) == [.status("PONG")])
            server.kill()
            try await server.start()
        }
    }

    @Test func aCallInFlightFailsOnceAndTheNextReconnects() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        let inFlight = Task { try await connection.send(RedisPipeline("BLPOP", "nothing", "0")) }
        // BLPOP shows in INFO once the server has it.
        let observer = try await RedisConnection.connect(to: server.url)
        while true {
            guard case .bytes(let info)? = try await observer.send(RedisPipeline("INFO", "clients")).first else { break }
            if String(decoding: info, as: UTF8.self).contains("blocked_clients:1") { break }
            await Task.yield()
        }
        server.kill()
        let lost = await #expect(throws: RedisError.self) { try await inFlight.value }
        #expect(lost?.code == .connectionLost)
        let down = await #expect(throws: RedisError.self) { try await connection.send(RedisPipeline("PING")) }
        #expect(down?.code == .unreachable)
        try await server.start()
        #expect(try await connection.send(RedisPipeline("PING")) == [.status("PONG")])
    }

    @Test func aServerKilledInABigPipelineFailsItAndComesBack() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        var pipeline = RedisPipeline()
        for index in 0..<10_000 {
            pipeline.startCommand("SET")
            pipeline.add("k\(index)")
            pipeline.add("v")
            if index == 5_000 {
                pipeline.startCommand("SHUTDOWN")
                pipeline.add("NOSAVE")
            }
        }
        let error = await #expect(throws: RedisError.self) { try await connection.send(pipeline) }
        #expect(error?.code == .connectionLost)
        server.kill()
        try await server.start()
        #expect(try await connection.send(RedisPipeline("DBSIZE")) == [.integer(0)])
    }

    @Test func aStalledServerTripsTheDeadlineAndRecovers() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url, timeout: .seconds(1))
        server.pause()
        let late = await #expect(throws: RedisError.self) {
            try await connection.send(RedisPipeline("PING"), timeout: .milliseconds(100))
        }
        #expect(late?.code == .timedOut)
        // The kernel still accepts for the stopped server, which then says nothing.
        let silent = await #expect(throws: RedisError.self) { try await connection.send(RedisPipeline("PING")) }
        #expect(silent?.code == .timedOut)
        #expect(silent?.isUnreachable == true && silent?.message.contains("accepted the connection but did not answer") == true)
        server.resume()
        #expect(try await connection.send(RedisPipeline("ECHO", "x")) == [.bytes([UInt8]("x".utf8))])
    }

    @Test func aQueueThatIsFullRefusesAtOnce() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try RedisConnection.open(server.url, commandTimeout: .seconds(60), longestQueue: 10)
        _ = try await connection.send(RedisPipeline("PING"))
        server.pause()
        let outcomes = await withTaskGroup(of: RedisError.Code?.self) { group in
            for _ in 0..<13 {
                group.addTask {
                    do throws(RedisError) {
                        _ = try await connection.send(RedisPipeline("PING"))
                        return nil
                    } catch {
                        return error.code
                    }
                }
            }
            var outcomes: [RedisError.Code?] = []
            for await outcome in group {
                outcomes.append(outcome)
                // Only refusals come while the server stands still.
                if outcomes.count == 3 { server.resume() }
            }
            return outcomes
        }
        #expect(outcomes == Array(repeating: .overloaded, count: 3) + Array(repeating: nil, count: 10))
        #expect(try await connection.send(RedisPipeline("PING")) == [.status("PONG")])
    }

    @Test func aClosedConnectionRefusesCalls() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        let connection = try await RedisConnection.connect(to: server.url)
        connection.close()
        let error = await #expect(throws: RedisError.self) { try await connection.send(RedisPipeline("PING")) }
        #expect(error?.code == .closed)
    }

    @Test func manyConnectionsEndWithTheirLastReference() async throws {
        let server = try PrivateRedisServer()
        try await server.start()
        for _ in 0..<50 { _ = try await RedisConnection.connect(to: server.url) }
        let connection = try await RedisConnection.connect(to: server.url)
        var connected = "unknown"
        // The threads of the others close their sockets on their own time; the deadline is only for a failure.
        let deadline = ContinuousClock.now + .seconds(10)
        while connected != "connected_clients:1", ContinuousClock.now < deadline {
            guard case .bytes(let info)? = try await connection.send(RedisPipeline("INFO", "clients")).first else { break }
            let lines = String(decoding: info, as: UTF8.self).split(separator: "\r\n")
            connected = String(lines.first { $0.hasPrefix("connected_clients:") } ?? "none")
            await Task.yield()
        }
        #expect(connected == "connected_clients:1")
    }
}
