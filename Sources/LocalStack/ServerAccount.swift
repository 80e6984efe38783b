import Glibc

/// The account that Postgres runs as when we are root, since it refuses to run as root.
struct ServerAccount: Sendable, Hashable {
    let name: String
    let user: uid_t
    let group: gid_t

    /// `postgres` if the machine has it, else `nobody`; nil when we are not root, and Postgres runs as ourselves.
    static func forPostgres() throws(LocalStackError) -> ServerAccount? {
        guard geteuid() == 0 else { return nil }
        for name in ["postgres", "nobody"] {
            if let entry = getpwnam(name) {
                return ServerAccount(name: name, user: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
            }
        }
        throw LocalStackError(
            .programMissing, "Postgres cannot run as root, and there is neither a `postgres` nor a `nobody` account")
    }

    /// Whether the account may enter every directory on the way to `path`, by their permission bits.
    func canReach(_ path: String) -> Bool {
        var prefix = ""
        for component in ["/"] + path.split(separator: "/").map(String.init) {
            prefix += prefix.isEmpty || prefix.hasSuffix("/") ? component : "/" + component
            var information = stat()
            guard stat(prefix, &information) == 0 else { return false }
            let bit: mode_t =
                information.st_uid == user ? 0o100 : information.st_gid == group ? 0o010 : 0o001
            guard information.st_mode & bit != 0 else { return false }
        }
        return true
    }
}
