import Foundation
import Glibc
import LocalStack
import PostgresClient
import RedisClient
import TestSupport
import Testing

@Suite struct LocalStackTests {
    /// Puts a value into both stores.
    func store(_ value: String, in stack: LocalStack) async throws {
        let postgres = try await PostgresConnection.connect(to: stack.offlineURL)
        try await postgres.execute("CREATE TABLE IF NOT EXISTS kept (value text)")
        try await postgres.execute("INSERT INTO kept VALUES ($1)", [.text(value)])
        let redis = try await RedisConnection.connect(to: stack.onlineURL)
        var pipeline = RedisPipeline()
        // Otherwise Redis writes its file once a second.
        pipeline.startCommand("CONFIG")
        pipeline.add("SET")
        pipeline.add("appendfsync")
        pipeline.add("always")
        pipeline.startCommand("SET")
        pipeline.add("kept")
        pipeline.add(value)
        for reply in try await redis.send(pipeline) { _ = try reply.orThrow() }
        redis.close()
    }

    func expectBothHold(_ value: String, in stack: LocalStack) async throws {
        let postgres = try await PostgresConnection.connect(to: stack.offlineURL)
        #expect(try await postgres.execute("SELECT value FROM kept").rows == [[value]])
        #expect(try await redisReply(stack, "GET", "kept") == .bytes(Array(value.utf8)))
    }

    func redisReply(_ stack: LocalStack, _ command: StaticString, _ arguments: String...) async throws -> RedisReply? {
        let redis = try await RedisConnection.connect(to: stack.onlineURL)
        defer { redis.close() }
        var pipeline = RedisPipeline()
        pipeline.startCommand(command)
        for argument in arguments { pipeline.add(argument) }
        return try await redis.send(pipeline).first
    }

    @Test func dataOutlivesDownAndUp() async throws {
        try await withTemporaryProject(durability: .survivesCrashes) { stack, _ in
            #expect(await stack.status().postgres.state == .notCreated)
            try await stack.up()
            try await store("a", in: stack)
            #expect(await stack.status().isRunning)
            try await stack.down()
            #expect(await stack.status().postgres.state == .stopped)
            #expect(await stack.status().redis.state == .stopped)
            try await stack.down()
            try await stack.up()
            try await expectBothHold("a", in: stack)
        }
    }

    @Test func bothComeBackAfterAKill() async throws {
        try await withTemporaryProject(durability: .survivesCrashes) { stack, _ in
            try await stack.up()
            try await store("b", in: stack)
            let status = await stack.status()
            kill(try #require(status.postgres.pid), SIGKILL)
            kill(try #require(status.redis.pid), SIGKILL)
            // The kernel takes its time to end them.
            var dying = status
            while dying.postgres.pid != nil || dying.redis.pid != nil {
                try await Task.sleep(for: .milliseconds(5))
                dying = await stack.status()
            }
            try await stack.ensureRunning()
            try await expectBothHold("b", in: stack)
            #expect(await stack.status().postgres.pid != status.postgres.pid)
        }
    }

    @Test func aPidFileThatNamesAnotherProcessIsStale() async throws {
        try await withTemporaryProject(durability: .survivesCrashes) { stack, root in
            try await stack.up()
            try await store("c", in: stack)
            let pidFile = root + "/.asof/postgres/postmaster.pid"
            let lines = try String(contentsOfFile: pidFile, encoding: .utf8)
                .split(separator: "\n", omittingEmptySubsequences: false)
            try await stack.down()

            // A process of Postgres' own account, so that Postgres itself would take it for another postmaster.
            let drop = geteuid() == 0 ? ["--reuid=postgres", "--clear-groups"] : ["--nnp"]
            let bystander = try ChildProcess("/usr/bin/setpriv", drop + ["sleep", "600"], log: "/dev/null")
            defer { kill(bystander.identifier, SIGKILL) }
            let pid = String(bystander.identifier)
            try ([pid] + lines.dropFirst().map(String.init)).joined(separator: "\n")
                .write(toFile: pidFile, atomically: false, encoding: .utf8)
            try pid.write(toFile: root + "/.asof/run/redis.pid", atomically: false, encoding: .utf8)
            try (pid + "\n").write(toFile: root + "/.asof/run/.s.PGSQL.5432.lock", atomically: false, encoding: .utf8)

            #expect(await stack.status().postgres.state == .stopped)
            #expect(await stack.status().redis.state == .stopped)
            try await stack.down()
            #expect(bystander.exitStatus() == nil)
            try await stack.up()
            #expect(bystander.exitStatus() == nil)
            try await expectBothHold("c", in: stack)
        }
    }

    @Test func anUnfinishedClusterIsMadeAnew() async throws {
        try await withTemporaryProject { stack, root in
            for folder in ["postgres", "postgres.unfinished"] {
                try FileManager.default.createDirectory(
                    atPath: root + "/.asof/\(folder)/base", withIntermediateDirectories: true)
                try "half".write(toFile: root + "/.asof/\(folder)/postgresql.conf", atomically: false, encoding: .utf8)
            }
            try await stack.up()
            #expect(await stack.status().isRunning)
        }
    }

    @Test func twoUpsAtOnceStartOneStack() async throws {
        try await withTemporaryProject { stack, root in
            let other = try LocalStack(projectRoot: root, durability: .throwaway)
            async let first: Void = stack.up()
            async let second: Void = other.ensureRunning()
            _ = try await (first, second)
            #expect(await stack.status() == other.status())
            #expect(await stack.status().isRunning)
        }
    }

    @Test func twoProjectsDoNotMeet() async throws {
        try await withTemporaryProject(durability: .survivesCrashes) { one, _ in
            try await withTemporaryProject(durability: .survivesCrashes) { two, _ in
                async let first: Void = one.up()
                async let second: Void = two.up()
                _ = try await (first, second)
                try await store("one", in: one)
                try await store("two", in: two)
                try await expectBothHold("one", in: one)
                try await two.down()
                #expect(await one.status().isRunning)
            }
        }
    }

    @Test func resetRemovesTheDataAndNothingElse() async throws {
        try await withTemporaryProject { stack, root in
            try "mine".write(toFile: root + "/asof.yaml", atomically: false, encoding: .utf8)
            try await stack.up()
            try await stack.reset()
            #expect(await stack.status().postgres.state == .notCreated)
            #expect(try FileManager.default.contentsOfDirectory(atPath: root + "/.asof").sorted() == [".gitignore", "lock"])
            #expect(try String(contentsOfFile: root + "/asof.yaml", encoding: .utf8) == "mine")
            try await stack.up()
            #expect(await stack.status().isRunning)
        }
    }

    @Test func aSocketRemovedFromUnderItsServerIsMadeAgain() async throws {
        try await withTemporaryProject(durability: .survivesCrashes) { stack, root in
            try await stack.up()
            try await store("d", in: stack)
            unlink(root + "/.asof/run/.s.PGSQL.5432")
            unlink(root + "/.asof/run/redis.sock")
            let pid = try #require(await stack.status().postgres.pid)
            #expect(await stack.status().postgres.state == .notAnswering(pid: pid))
            try await stack.ensureRunning()
            try await expectBothHold("d", in: stack)
        }
    }

    @Test func nothingListensOnTCPAndEverySessionLeadsItsOwn() async throws {
        try await withTemporaryProject { stack, _ in
            try await stack.up()
            let postgres = try await PostgresConnection.connect(to: stack.offlineURL)
            #expect(try await postgres.execute("SHOW listen_addresses").firstCell == "")
            #expect(try await postgres.execute("SHOW server_encoding").firstCell == "UTF8")
            #expect(try await postgres.execute("SELECT current_user || ' ' || current_database()").firstCell == "asof asof")
            let port = try await redisReply(stack, "CONFIG", "GET", "port")
            #expect(port == .array([.bytes(Array("port".utf8)), .bytes(Array("0".utf8))]))
            for pid in await [stack.status().postgres.pid, stack.status().redis.pid] {
                let pid = try #require(pid)
                #expect(getsid(pid) == pid)
            }
        }
    }

    @Test func serversInheritNoDescriptors() async throws {
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        try await withTemporaryProject { stack, _ in
            try await stack.up()
            close(ends[1])
            // The end of the pipe, unless a server holds its other end open. A process that another test starts at this moment
            // holds it too, but only until its program runs.
            var byte: UInt8 = 0
            _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
            var count = read(ends[0], &byte, 1)
            let deadline = ContinuousClock.now + .seconds(20)
            while count < 0, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(20))
                count = read(ends[0], &byte, 1)
            }
            #expect(count == 0)
            close(ends[0])
        }
    }
}
