import FeatureDefs
import Foundation

/// The definition files under a folder, as bytes. What cannot be read is one error that names it.
struct DefinitionFiles: Sendable {
    let folder: URL
    /// What shown paths are relative to.
    let root: URL

    func read() throws(CommandFailure) -> [SourceFile] {
        guard let walker = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else {
            throw .usage("cannot read the definitions' folder \(folder.path)")
        }
        var files: [SourceFile] = []
        for case let url as URL in walker where ["yaml", "yml"].contains(url.pathExtension) {
            if let file = try read(url) { files.append(file) }
        }
        guard !files.isEmpty else {
            throw .usage("no *.yaml under \(folder.path); `features:` in asof.yaml names the folder of definitions")
        }
        return files
    }

    /// nil for a folder, whose files come on their own.
    private func read(_ url: URL) throws(CommandFailure) -> SourceFile? {
        var status = stat()
        guard stat(url.path, &status) == 0 else {
            throw .usage("cannot read \(url.path): \(String(cString: strerror(errno)))")
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: return nil
        default: throw .usage("cannot read \(url.path): it is no file but a pipe, socket or device")
        }
        // One byte more than the compiler takes, so that it can say that there are too many.
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: url)
            defer { try? handle.close() }
            data = try handle.read(upToCount: SourceFile.sizeLimit + 1) ?? Data()
        } catch {
            throw .usage("cannot read \(url.path): \(error.systemReason)")
        }
        return SourceFile(path: shownPath(of: url), bytes: Array(data))
    }

    /// Relative to the project, as the user knows it.
    private func shownPath(of url: URL) -> String {
        let prefix = root.path.hasSuffix("/") ? root.path : root.path + "/"
        let path = url.standardizedFileURL.path
        return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
    }
}
