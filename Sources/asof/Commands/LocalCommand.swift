import ArgumentParser
import Foundation
import LocalStack

/// `asof local`: the private stack of a project.
struct LocalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "local",
        abstract: "The project's private Postgres and Redis, under .asof/.",
        discussion: "Used when asof.yaml and the environment name no stores. Commands that need it start it by themselves.",
        subcommands: [Up.self, Down.self, Status.self, Reset.self]
    )

    struct Up: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Start both, creating them the first time.")
        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let stack = try options.localStack()
            try await stack.up()
            try await LocalCommand.show(stack, json: options.json)
        }
    }

    struct Down: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Stop both; the data stays.")
        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let stack = try options.localStack()
            try await stack.down()
            try await LocalCommand.show(stack, json: options.json)
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print what runs, and both URLs.",
            discussion: "Exits with 1 when one of them does not run."
        )
        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let stack = try options.localStack()
            try await LocalCommand.show(stack, json: options.json)
            guard await stack.status().isRunning else { throw CommandFailure.checkFailed }
        }
    }

    struct Reset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Stop both and delete their data.")
        @OptionGroup var options: GlobalOptions

        func run() async throws {
            let stack = try options.localStack()
            try await stack.reset()
            try await LocalCommand.show(stack, json: options.json)
        }
    }

    fileprivate struct Server: Encodable {
        let running: Bool
        let pid: Int32?
        let url: String
        let dataDirectory: String
    }

    private static func show(_ stack: LocalStack, json: Bool) async throws {
        let status = await stack.status()
        guard json else { return print(status.description) }
        try JSONOutput.print(["offline": Server(status.postgres), "online": Server(status.redis)])
    }
}

extension LocalCommand.Server {
    fileprivate init(_ status: ServerStatus) {
        self.init(running: status.isRunning, pid: status.pid, url: status.url, dataDirectory: status.dataDirectory)
    }
}

extension GlobalOptions {
    fileprivate func localStack() throws -> LocalStack {
        try LocalStack(projectRoot: try configuration().root.path, report: StandardError.line)
    }
}
