import Foundation
import Testing

/// The reference values: `Vectors/monitoring_vectors.json`, or the file of the same layout that the environment variable
/// `ASOF_MONITORING_VECTORS` names.
struct VectorFile: Decodable {
    let layoutVersion: Int
    let generator: VectorValue
    let cases: [VectorCase]

    private enum CodingKeys: String, CodingKey {
        case layoutVersion = "layout_version"
        case generator, cases
    }

    static let loaded = Result { try read() }

    static func read() throws -> VectorFile {
        let url =
            if let path = ProcessInfo.processInfo.environment["ASOF_MONITORING_VECTORS"], !path.isEmpty {
                URL(filePath: path)
            } else {
                URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                    .appending(path: "Vectors/monitoring_vectors.json")
            }
        return try JSONDecoder().decode(VectorFile.self, from: Data(contentsOf: url))
    }
}

/// One set of inputs and what is to come out.
struct VectorCase: Decodable, Sendable, CustomTestStringConvertible {
    let id: String
    let topic: String
    let inputs: VectorValue
    let params: VectorValue
    let expected: VectorValue
    let tolerance: Double?

    var testDescription: String { id }
}
