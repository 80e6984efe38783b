import TestSupport
import Testing

/// Compares a text with `Golden/<name>`. `UPDATE_GOLDEN=1` writes the file instead; then read the diff.
func expectGolden(
    _ actual: String, _ name: String, file: String = #filePath, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let complaint = try Golden.complaint(about: actual, name, of: file)
    #expect(complaint == nil, "\(actual)", sourceLocation: sourceLocation)
}
