import Foundation
import Glibc

extension StackLayout {
    /// Makes the directories that are missing, with their owners and permissions.
    ///
    /// The sockets' directory is what guards the stores: nobody but their owner (and root) can enter it.
    func prepare(account: ServerAccount?) throws(LocalStackError) {
        // Root's own, and open to pass through, so that Postgres' account can get to what is its own below.
        try Self.makeDirectory(control, mode: 0o755)
        try Self.makeDirectory(logs, mode: 0o755)
        write("*\n", to: control + "/.gitignore")
        if isOutsideProject {
            try Self.makeDirectory(base, mode: 0o755)
            try Self.checkOwner(base, geteuid())
            write(root, to: base + "/project")
            write(base, to: baseRecord)
        }
        try Self.makeDirectory(redisData, mode: 0o700)
        try Self.makeDirectory(sockets, mode: 0o700)
        if let account { try Self.give(sockets, to: account) }
        try Self.checkOwner(sockets, account?.user ?? geteuid())
    }

    /// Makes the control directory, which the lock needs, and nothing else.
    func prepareControl() throws(LocalStackError) {
        try Self.makeDirectory(control, mode: 0o755)
    }

    /// Removes what `prepare` and the servers made, but not the lock, which somebody may be waiting for.
    func removeData() throws(LocalStackError) {
        for path in [postgresData, unfinishedPostgresData, redisData, sockets, logs, baseRecord] {
            try Self.remove(path)
        }
        if isOutsideProject { try Self.remove(base) }
    }

    static func makeDirectory(_ path: String, mode: mode_t) throws(LocalStackError) {
        guard mkdir(path, mode) != 0 else {
            chmod(path, mode)  // whatever the umask
            return
        }
        var information = stat()
        guard errno == EEXIST, lstat(path, &information) == 0 else {
            throw .unusableDirectory(path, String(cString: strerror(errno)))
        }
        // A link in /tmp could be anybody's, to anywhere.
        guard information.st_mode & S_IFMT == S_IFDIR else {
            throw .unusableDirectory(path, "it exists and is not a directory")
        }
    }

    static func give(_ path: String, to account: ServerAccount) throws(LocalStackError) {
        var information = stat()
        guard lstat(path, &information) == 0, information.st_uid != account.user else { return }
        guard information.st_uid == geteuid() else {
            throw .unusableDirectory(path, "it belongs to another user")
        }
        guard lchown(path, account.user, account.group) == 0 else {
            throw .unusableDirectory(path, String(cString: strerror(errno)))
        }
    }

    static func remove(_ path: String) throws(LocalStackError) {
        var information = stat()
        guard lstat(path, &information) == 0 else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw .unusableDirectory(path, "it cannot be removed: \(error.localizedDescription)")
        }
    }

    private static func checkOwner(_ path: String, _ owner: uid_t) throws(LocalStackError) {
        var information = stat()
        guard lstat(path, &information) == 0, information.st_uid == owner else {
            throw .unusableDirectory(path, "it belongs to another user")
        }
        chmod(path, information.st_mode & 0o755)
    }

    /// For small files whose absence does no harm.
    private func write(_ text: String, to path: String) {
        guard (try? String(contentsOfFile: path, encoding: .utf8)) != text else { return }
        try? Data(text.utf8).write(to: URL(filePath: path))
    }
}
