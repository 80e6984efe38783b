import Foundation
import Glibc

/// Where a project's local stack keeps its things.
///
/// ```
/// <root>/.asof/            lock, .gitignore, logs/
/// <base>/postgres/         the cluster
/// <base>/redis/            the append-only file
/// <sockets>/               both sockets and Redis' pid file
/// ```
/// `base` is `<root>/.asof` unless Postgres, running as another account, cannot get there: then it is under `/var/tmp`, in a
/// folder named by a hash of the root, and `.asof/data-directory` says so. `sockets` is `<base>/run`, or a folder in `/tmp`
/// when that path is too long for a socket.
struct StackLayout: Sendable, Hashable {
    let root: String
    let base: String
    let sockets: String

    /// The longest path that a Unix socket can have on Linux, without the final NUL.
    static let longestSocketPath = 107
    private static let longestSocketName = "/.s.PGSQL.5432"

    var control: String { root + "/.asof" }
    var lock: String { control + "/lock" }
    var logs: String { control + "/logs" }
    var baseRecord: String { control + "/data-directory" }
    var postgresData: String { base + "/postgres" }
    /// Where a cluster is made; it is renamed once it is whole.
    var unfinishedPostgresData: String { base + "/postgres.unfinished" }
    var redisData: String { base + "/redis" }
    var postgresSocketLock: String { sockets + Self.longestSocketName + ".lock" }
    var redisSocket: String { sockets + "/redis.sock" }
    var redisPID: String { sockets + "/redis.pid" }
    var postgresLog: String { logs + "/postgres.log" }
    var redisLog: String { logs + "/redis.log" }
    var isOutsideProject: Bool { base != control }

    /// Looks, and changes nothing.
    init(projectRoot: String, account: ServerAccount?) throws(LocalStackError) {
        var information = stat()
        guard let resolved = realpath(projectRoot, nil) else {
            throw .unusableDirectory(projectRoot, String(cString: strerror(errno)))
        }
        defer { free(resolved) }
        root = String(cString: resolved)
        guard stat(root, &information) == 0, information.st_mode & S_IFMT == S_IFDIR else {
            throw .unusableDirectory(root, "it is not a directory")
        }

        let control = root + "/.asof"
        let hash = Self.hash(of: root)
        if let recorded = Self.recordedBase(control: control, root: root) {
            base = recorded
        } else if account?.canReach(root) ?? true {
            base = control
        } else {
            base = "/var/tmp/asof-\(hash)"
        }

        let run = base + "/run"
        let fits = run.utf8.count + Self.longestSocketName.utf8.count <= Self.longestSocketPath
        // libpq and Postgres both take a comma for the end of a host.
        sockets = fits && !run.contains { ",\"".contains($0) } ? run : "/tmp/asof-\(hash)"
    }

    /// The data directory that an earlier run chose outside the project, unless it now belongs to a project this was copied from.
    private static func recordedBase(control: String, root: String) -> String? {
        guard let recorded = try? String(contentsOfFile: control + "/data-directory", encoding: .utf8),
            let owner = try? String(contentsOfFile: recorded + "/project", encoding: .utf8)
        else { return nil }
        return owner == root || access(owner + "/.asof", F_OK) != 0 ? recorded : nil
    }

    /// FNV-1a, 64 bits, in hexadecimal: the same in every run, unlike Swift's own hashing.
    private static func hash(of text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
