import Foundation
package import RedisClient

/// A Redis Cluster of one test's own: three primaries, each with a replica that takes over when it fails. It goes, folder and
/// all, when the value does, or the process, however that ends.
package final class PrivateRedisCluster {
    /// One server, which may be killed, paused and started again.
    package final class Node {
        package let port: Int
        private let folder: URL
        private var process: Process?

        private let timeout: Int

        fileprivate init(port: Int, folder: URL, timeout: Int) throws {
            self.port = port
            self.timeout = timeout
            self.folder = folder.appending(path: "\(port)")
            try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        }

        package var url: RedisURL { RedisURL(endpoint: .tcp(host: "127.0.0.1", port: port)) }

        package func start() throws {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = [
                "redis-server", "--port", "\(port)", "--bind", "127.0.0.1", "--dir", folder.path,
                "--pidfile", folder.path + "/redis.pid", "--save", "", "--appendonly", "no",
                "--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", "--cluster-node-timeout", "\(timeout)",
                "--repl-diskless-sync-delay", "0",
            ]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.runAlone()
            self.process = process
        }

        package func kill() {
            guard let process else { return }
            Foundation.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            self.process = nil
        }
    }

    package struct NotFormed: Error {}

    private let supervisor: StackSupervisor
    package let nodes: [Node]

    /// Starts six servers and joins them; on other ports once more when somebody has one of these. Ends when each knows of the whole.
    ///
    /// A primary that does not answer for `nodeTimeout` milliseconds is replaced by its replica. Redis' own default is long enough that a
    /// busy machine does not do that to a test which is not about it.
    package init(nodeTimeout: Int = 15_000) async throws {
        var formed: (StackSupervisor, [Node])?
        for _ in 0..<4 where formed == nil { formed = try? await Self.form(nodeTimeout) }
        guard let formed else { throw NotFormed() }
        (supervisor, nodes) = formed
    }

    private static func form(_ nodeTimeout: Int) async throws -> (StackSupervisor, [Node]) {
        let folder = URL(filePath: "/tmp/asof-c\(UInt32.random(in: 0 ... .max))")
        // The bus has the port 10,000 above. Below what the system gives to clients.
        let first = Int.random(in: 2_500..<3_700) * 6
        let nodes = try (0..<6).map { try Node(port: first + $0, folder: folder, timeout: nodeTimeout) }
        let supervisor = try StackSupervisor(folder: folder.path, top: folder.path)
        do {
            try await join(nodes)
            return (supervisor, nodes)
        } catch {
            for node in nodes { node.kill() }
            supervisor.finishHere()
            throw error
        }
    }

    private static func join(_ nodes: [Node]) async throws {
        for node in nodes { try node.start() }
        for node in nodes { try await until { try await node.says("PING") == .status("PONG") } }
        let status = try RedisCommandLine.run(
            ["--cluster", "create"] + nodes.map { "127.0.0.1:\($0.port)" } + ["--cluster-replicas", "1", "--cluster-yes"])
        guard status == 0 else { throw NotFormed() }
        for node in nodes {
            try await until {
                guard case .bytes(let info) = try await node.says("CLUSTER", "INFO") else { return false }
                return String(decoding: info, as: UTF8.self).contains("cluster_state:ok")
            }
        }
        // A replica can take over once it has its primary's data.
        for node in nodes {
            try await until {
                guard case .bytes(let info) = try await node.says("INFO", "replication") else { return false }
                let text = String(decoding: info, as: UTF8.self)
                return text.contains("role:master") || text.contains("master_link_status:up")
            }
        }
    }

    deinit {
        for node in nodes { node.kill() }
        supervisor.finishHere()
    }

    /// Two of its nodes: the rest is for the client to find.
    package var address: RedisAddress { .cluster(nodes.prefix(2).map(\.url)) }

    /// The node that has a key's slot.
    package func primary(of key: String) async throws -> Node {
        for node in nodes {
            if case .error(let error) = try await node.says("GET", key) {
                let port = error.text.split(separator: ":").last.flatMap { Int($0) }
                if let found = nodes.first(where: { $0.port == port }) { return found }
            } else {
                return node
            }
        }
        throw NotFormed()
    }

    private static func until(_ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(40)
        while ContinuousClock.now < deadline {
            if (try? await condition()) == true { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw NotFormed()
    }
}

extension PrivateRedisCluster.Node {
    /// The answer of this very node.
    package func says(_ name: StaticString, _ arguments: String...) async throws -> RedisReply {
        var pipeline = RedisPipeline()
        pipeline.startCommand(name)
        for argument in arguments { pipeline.add(argument) }
        let connection = try await RedisConnection.connect(to: url, timeout: .seconds(2))
        return try await connection.send(pipeline)[0]
    }
}
