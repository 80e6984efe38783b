import FeatureDefs
import Foundation
import Testing

@Suite struct SystemReasonTests {
    @Test func filesFailInTheSystemsWords() {
        #expect(throws: FileFailure(reason: "No such file or directory")) {
            try failing { _ = try Data(contentsOf: URL(filePath: "/nonexistent/file")) }
        }
        #expect(throws: FileFailure(reason: "Is a directory")) {
            try failing { _ = try Data(contentsOf: URL(filePath: "/")) }
        }
        #expect(throws: FileFailure(reason: "No such file or directory")) {
            try failing { try Data().write(to: URL(filePath: "/nonexistent/file"), options: .atomic) }
        }
    }

    private func failing(_ body: () throws -> Void) throws {
        do { try body() } catch { throw FileFailure(reason: error.systemReason) }
    }
}

private struct FileFailure: Error, Equatable {
    let reason: String
}
