import FeatureDefs
import Foundation

/// A training set's file and its manifest, both under temporary names until both are whole.
struct PublishedFile: Sendable {
    let data: PartialFile
    private let manifest: PartialFile
    /// Where an old manifest waits while the file is replaced.
    private let oldManifest: PartialFile

    init(path: String) {
        data = PartialFile(replacing: path)
        manifest = PartialFile(replacing: TrainingManifest.path(beside: path))
        oldManifest = PartialFile(replacing: manifest.destination + ".old")
    }

    /// Opens the file under its temporary name; what stands in the way of either file is said before the work, not after it.
    func open() throws(TrainingError) -> HashedFile {
        try manifest.refuseFolder()
        return try HashedFile(data)
    }

    /// Renames both. An old manifest is put aside first, and back if the file cannot be replaced: a crash in between leaves a file
    /// without one, never with the wrong one.
    func publish(_ content: TrainingManifest) async throws {
        let file = try HashedFile(manifest)
        try Array(try content.json().utf8).withUnsafeBytes { try file.write($0) }
        file.close()
        try await manifest.synchronize()
        PartialFile.sweep(oldManifest.destination)
        let hasOld = try putOldManifestAside()
        do {
            try data.publish()
        } catch {
            if hasOld { rename(oldManifest.path, manifest.destination) }
            throw error
        }
        oldManifest.discard()
        try manifest.publish()
        try await data.synchronizeFolder()
    }

    /// False where there is none.
    private func putOldManifestAside() throws(TrainingError) -> Bool {
        if rename(manifest.destination, oldManifest.path) == 0 { return true }
        guard errno == ENOENT else {
            throw .cannotWrite(path: manifest.destination, reason: String(cString: strerror(errno)))
        }
        return false
    }

    func discard() {
        data.discard()
        manifest.discard()
    }
}
