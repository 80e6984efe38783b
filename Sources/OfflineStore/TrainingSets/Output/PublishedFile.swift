import FeatureDefs
import Foundation

/// A training set's file and its manifest, both under temporary names until both are whole.
struct PublishedFile: Sendable {
    let data: PartialFile
    private let manifest: PartialFile

    init(path: String) {
        data = PartialFile(replacing: path)
        manifest = PartialFile(replacing: TrainingManifest.path(beside: path))
    }

    /// Renames both. An old manifest goes first: a crash in between leaves a file without one, never with the wrong one.
    func publish(_ content: TrainingManifest) async throws {
        try manifest.create()
        do {
            try Data(try content.json().utf8).write(to: URL(filePath: manifest.path))
        } catch {
            throw TrainingError.cannotWrite(path: manifest.destination, reason: error.systemReason)
        }
        try await manifest.synchronize()
        unlink(manifest.destination)
        try data.publish()
        try manifest.publish()
        try await data.synchronizeFolder()
    }

    func discard() {
        data.discard()
        manifest.discard()
    }
}
