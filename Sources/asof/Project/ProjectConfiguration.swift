import Foundation
import Yams

/// What `asof.yaml` says: the project's name, where its definitions are, and where the stores are.
struct ProjectConfiguration: Sendable {
    static let fileName = "asof.yaml"

    let root: URL
    let project: String
    /// The folder of definitions, relative to the root.
    let features: String
    /// nil: the private stack under `.asof/`.
    let offlineURL: String?
    /// One URL, or those of some nodes of a cluster with commas between them (`RedisAddress`).
    let onlineURL: String?
}

extension ProjectConfiguration {
    /// Finds the project at a folder, or, without one, at the working folder or the nearest one above it.
    static func find(in folder: String?) throws(CommandFailure) -> ProjectConfiguration {
        if let folder {
            return try ProjectConfiguration(root: URL(filePath: folder, directoryHint: .isDirectory))
        }
        let start = URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)
        var candidate = start
        while !FileManager.default.fileExists(atPath: candidate.appending(path: fileName).path) {
            let parent = candidate.deletingLastPathComponent()
            guard parent.path != candidate.path else {
                throw .usage("no \(fileName) here or in a folder above; `asof init` starts a project, --project names one")
            }
            candidate = parent
        }
        return try ProjectConfiguration(root: candidate)
    }

    init(root: URL) throws(CommandFailure) {
        let file = root.appending(path: Self.fileName)
        let text: String
        do {
            text = try String(contentsOf: file, encoding: .utf8)
        } catch {
            throw .usage("cannot read \(file.path); `asof init` starts a project, --project names one")
        }
        let document = try ConfigurationReader(text: text, path: Self.fileName)
        let environment = ProcessInfo.processInfo.environment
        self.root = root.standardizedFileURL
        project = try document.requiredText("project")
        features = try document.text("features") ?? "features"
        let configuredOffline = try document.text("offline", "url")
        let configuredOnline = try document.nodes("online", "url")
        offlineURL = environment["ASOF_OFFLINE_URL"].nonEmpty ?? configuredOffline
        onlineURL = environment["ASOF_ONLINE_URL"].nonEmpty ?? configuredOnline
    }
}

extension String? {
    /// nil also for the empty string: an environment variable set to nothing means unset.
    fileprivate var nonEmpty: String? { self?.isEmpty == false ? self : nil }
}

/// Reads the few scalars of `asof.yaml`, with the place of whatever is wrong.
private struct ConfigurationReader {
    let root: Node
    let path: String

    private static let known: [String: Set<String>] = ["offline": ["url"], "online": ["url"]]
    private static let scalars: Set<String> = ["project", "features"]

    init(text: String, path: String) throws(CommandFailure) {
        self.path = path
        do {
            guard let node = try Yams.compose(yaml: text) else {
                throw CommandFailure.usage("\(path) is empty; it needs `project: NAME`")
            }
            root = node
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw .usage("\(path): \(error)")
        }
        guard let mapping = root.mapping else { throw .usage("\(path): expected keys such as `project: NAME`") }
        for (key, value) in mapping {
            let name = key.string ?? ""
            if let inner = Self.known[name] {
                for (innerKey, _) in value.mapping ?? [:] where !inner.contains(innerKey.string ?? "") {
                    throw failure("unknown key `\(innerKey.string ?? "?")` under `\(name)`; it takes `url`", at: innerKey)
                }
            } else if !Self.scalars.contains(name) {
                throw failure("unknown key `\(name)`; expected `project`, `features`, `offline` or `online`", at: key)
            }
        }
    }

    func requiredText(_ key: String) throws(CommandFailure) -> String {
        guard let text = try text(key) else { throw .usage("\(path): `\(key)` is missing") }
        return text
    }

    func text(_ keys: String...) throws(CommandFailure) -> String? {
        var node: Node? = root
        for key in keys { node = node?.mapping?[key] }
        return try text(at: node, keys)
    }

    private func text(at node: Node?, _ keys: [String]) throws(CommandFailure) -> String? {
        guard let node else { return nil }
        guard let text = node.string, !text.isEmpty else {
            throw failure("`\(keys.joined(separator: "."))` must be text", at: node)
        }
        return text
    }

    /// Text, or a list of texts, which comes with a comma behind each.
    func nodes(_ keys: String...) throws(CommandFailure) -> String? {
        var node: Node? = root
        for key in keys { node = node?.mapping?[key] }
        guard let node, let sequence = node.sequence else { return try text(at: node, keys) }
        var text = ""
        for element in sequence {
            guard let url = element.string, !url.isEmpty, !url.contains(",") else {
                throw failure(
                    "`\(keys.joined(separator: "."))` must be a URL, or a list of the URLs of a cluster's nodes", at: element)
            }
            text += url + ","
        }
        guard !text.isEmpty else { throw failure("`\(keys.joined(separator: "."))` lists no node", at: node) }
        return text
    }

    private func failure(_ message: String, at node: Node) -> CommandFailure {
        let place = node.mark.map { ":\($0.line):\($0.column)" } ?? ""
        return .usage("\(path)\(place): \(message)")
    }
}
