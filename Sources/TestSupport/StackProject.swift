import Foundation
package import LocalStack

/// A project folder of one test's own, with a local stack that is not started yet; both are gone afterwards.
///
/// `folder` is below the temporary folder that is made, and may be several folders deep.
package func withTemporaryProject<Output>(
    folder: String = "project", durability: LocalStack.Durability = .throwaway,
    _ body: (_ stack: LocalStack, _ root: String) async throws -> Output
) async throws -> Output {
    let top = "/tmp/asof-p\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: 0 ... .max))"
    let root = top + "/" + folder
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    let supervisor = try StackSupervisor(folder: root, top: top)
    let stack = try LocalStack(projectRoot: root, durability: durability)
    let result: Result<Output, any Error>
    do {
        result = .success(try await body(stack, root))
    } catch {
        result = .failure(error)
    }
    // Resets by the folder as the body left it: it may have moved the data elsewhere by closing the folder to others.
    try await LocalStack(projectRoot: root).reset()
    try await supervisor.finish()
    return try result.get()
}
