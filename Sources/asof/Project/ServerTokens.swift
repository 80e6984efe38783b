import FeatureServer
import Foundation

/// The feature server's tokens, which come from the environment so that no process list and no history shows them.
enum ServerTokens {
    private static let variable = "ASOF_SERVER_TOKENS"
    private static let fileVariable = "ASOF_SERVER_TOKENS_FILE"

    /// nil when neither variable is set: whoever reaches the server may ask.
    static func fromEnvironment() throws -> BearerTokens? {
        let environment = ProcessInfo.processInfo.environment
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
