import Dispatch
import Foundation

/// A file under a temporary name beside its place, `OUT.partial-PID`, until it is whole.
package struct PartialFile: Sendable {
    /// Where the file is to be.
    package let destination: String
    /// Where it is written.
    package let path: String

    /// Where the destination is a symbolic link, what it points at is replaced, and the link stays.
    package init(replacing destination: String) {
        var destination = destination
        // What a link points at may not be there yet; Linux follows as many.
        for _ in 0..<40 {
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: destination) else { break }
            let folder = URL(filePath: destination).deletingLastPathComponent()
            destination = target.hasPrefix("/") ? target : folder.appending(path: target).path
        }
        self.destination = destination
        path = Self.prefix(destination) + String(ProcessInfo.processInfo.processIdentifier)
    }

    private static func prefix(_ destination: String) -> String { destination + ".partial-" }

    /// Creates the empty file, and removes what processes that are gone have left of the same destination.
    package func create() throws(TrainingError) {
        try refuseFolder()
        Self.sweep(destination)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure }
        close(descriptor)
    }

    /// A folder cannot be replaced.
    func refuseFolder() throws(TrainingError) {
        guard !FilePlace.isFolder(destination) else {
            throw .cannotWrite(path: destination, reason: "it is a folder")
        }
    }

    /// Waits until the file's bytes are on the disk, off the cooperative pool.
    package func synchronize() async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            DispatchQueue.global().async { continuation.resume(with: Result { try flushToDisk(path) }) }
        }
    }

    private func flushToDisk(_ path: String) throws(TrainingError) {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw failure }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure }
    }

    /// Puts the file in its place, over whatever was there.
    package func publish() throws(TrainingError) {
        guard rename(path, destination) == 0 else { throw failure }
    }

    /// Makes the renaming durable.
    package func synchronizeFolder() async throws {
        let folder = URL(filePath: destination).deletingLastPathComponent().path
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            DispatchQueue.global().async { continuation.resume(with: Result { try flushToDisk(folder) }) }
        }
    }

    package func discard() { unlink(path) }

    private var failure: TrainingError {
        .cannotWrite(path: destination, reason: String(cString: strerror(errno)))
    }

    /// Removes `OUT.partial-PID` of processes that no longer run: killed, they could not do it themselves.
    static func sweep(_ destination: String) {
        let url = URL(filePath: destination)
        let start = prefix(url.lastPathComponent)
        let folder = url.deletingLastPathComponent()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names where name.hasPrefix(start) {
            guard let process = Int32(name.dropFirst(start.count)), process > 0 else { continue }
            // ESRCH: there is no such process. EPERM would be somebody else's, which runs.
            if kill(process, 0) != 0, errno == ESRCH { unlink(folder.appending(path: name).path) }
        }
    }
}
