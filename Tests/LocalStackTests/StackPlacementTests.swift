import Foundation
import Glibc
import LocalStack
import PostgresClient
import TestSupport
import Testing

@Suite struct StackPlacementTests {
    @Test(arguments: [String(repeating: "a-long-name/", count: 12) + "end", "a,comma", "sp ace's \"quotes\" $HOME é"])
    func anyFolderNameWorks(_ folder: String) async throws {
        try await withTemporaryProject(folder: folder) { stack, root in
            try await stack.up()
            let status = await stack.status()
            #expect(status.isRunning)
            #expect(status.postgres.dataDirectory == root + "/.asof/postgres")
            #expect(!status.isOutsideProject)
            let connection = try await PostgresConnection.connect(to: PostgresURL(stack.offlineURL.description))
            #expect(try await connection.execute("SELECT 1").firstCell == "1")
        }
    }

    @Test func theSocketsOfALongPathAreGoneAfterReset() async throws {
        let sockets = try await withTemporaryProject(folder: String(repeating: "x", count: 100)) { stack, _ in
            try await stack.up()
            let url = stack.offlineURL.description
            let sockets = try #require(url.components(separatedBy: "host=").last?.components(separatedBy: "&").first)
            #expect(sockets.hasPrefix("/tmp/asof-"))
            var information = stat()
            #expect(stat(sockets, &information) == 0)
            #expect(information.st_mode & 0o777 == 0o700)
            return sockets
        }
        #expect(access(sockets, F_OK) != 0)
    }

    @Test(.enabled(if: geteuid() == 0, "only root runs Postgres as another account"))
    func aFolderClosedToPostgresHasItsDataElsewhere() async throws {
        let data = try await withTemporaryProject(durability: .survivesCrashes) { _, root in
            chmod(root, 0o700)
            let stack = try LocalStack(projectRoot: root)
            try await stack.up()
            let status = await stack.status()
            #expect(status.isRunning)
            #expect(status.isOutsideProject)
            #expect(status.postgres.dataDirectory.hasPrefix("/var/tmp/asof-"))
            #expect(status.description.contains("outside the project"))

            // It stays there when the folder is opened, since there is data.
            try await stack.down()
            chmod(root, 0o755)
            let reopened = try LocalStack(projectRoot: root)
            #expect(await reopened.status().postgres.dataDirectory == status.postgres.dataDirectory)
            return status.postgres.dataDirectory
        }
        #expect(access(URL(filePath: data).deletingLastPathComponent().path, F_OK) != 0)
    }

    @Test func aSocketFolderOfAnotherUserIsRefused() async throws {
        guard geteuid() == 0 else { return }
        try await withTemporaryProject(folder: String(repeating: "y", count: 100)) { stack, _ in
            let url = stack.offlineURL.description
            let sockets = try #require(url.components(separatedBy: "host=").last?.components(separatedBy: "&").first)
            #expect(mkdir(sockets, 0o777) == 0)
            #expect(chown(sockets, 12345, 12345) == 0)
            let error = await #expect(throws: LocalStackError.self) { try await stack.up() }
            #expect(error?.code == .unusableDirectory)
            #expect(error?.description == "cannot use \(sockets): it belongs to another user")
        }
    }

    @Test func aRootThatIsNoFolderIsAnError() {
        let error = #expect(throws: LocalStackError.self) { try LocalStack(projectRoot: "/no/such/folder") }
        #expect(error?.description == "cannot use /no/such/folder: No such file or directory")
        #expect(throws: LocalStackError.self) { try LocalStack(projectRoot: "/etc/passwd") }
    }
}
