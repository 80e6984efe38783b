import FeatureServer
import Foundation

/// The feature server's tokens, which come from the environment so that no process list and no history shows them.
enum ServerTokens {
    /// For lookups; nil when neither variable is set: whoever reaches the server may ask.
    static func forLookups() throws -> BearerTokens? { try fromEnvironment("ASOF_SERVER_TOKENS") }

    /// For pushes, and lookups too.
    static func forPushes() throws -> BearerTokens? { try fromEnvironment("ASOF_SERVER_PUSH_TOKENS") }

    private static func fromEnvironment(_ variable: String) throws -> BearerTokens? {
        let environment = ProcessInfo.processInfo.environment
        let fileVariable = variable + "_FILE"
        if let path = environment[fileVariable] {
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw CommandFailure.usage("cannot read \(path), which \(fileVariable) names")
            }
            return try tokens(text.split(whereSeparator: \.isNewline), from: fileVariable)
        }
        guard let list = environment[variable] else { return nil }
        return try tokens(list.split(separator: ","), from: variable)
    }

    private static func tokens(_ parts: [Substring], from variable: String) throws -> BearerTokens {
        let tokens = parts.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        // A variable that is set but empty would else open the server to all.
        guard !tokens.isEmpty else { throw CommandFailure.usage("\(variable) has no token; unset it to serve without") }
        return BearerTokens(tokens)
    }
}
