import Foundation

/// What a path leads to, links followed.
enum FilePlace {
    /// Whether both paths lead to one file that is there: by a link, by another spelling, or by the same one.
    static func isSame(_ a: String, _ b: String) -> Bool {
        guard let first = status(a), let second = status(b) else { return false }
        return first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }

    static func isFolder(_ path: String) -> Bool { status(path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false }

    /// Why what is there cannot be read as often as asof reads it, and what to do; nil for a file, and for nothing at all.
    static func obstacleToReading(_ path: String) -> String? {
        guard let status = status(path), status.st_mode & S_IFMT != S_IFREG else { return nil }
        return switch status.st_mode & S_IFMT {
        case S_IFDIR: "it is a folder; name a file"
        case S_IFIFO, S_IFSOCK: "it is a pipe, which can be read only once; save it to a file, and name that"
        default: "it is a device; save what it holds to a file, and name that"
        }
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }
}

extension TrainingOutput {
    /// Whether writing the output would replace the file, by the output's own path or by its manifest's.
    package func replaces(_ file: String) -> Bool {
        guard let path else { return false }
        return [path, TrainingManifest.path(beside: path)].contains { FilePlace.isSame($0, file) }
    }
}
