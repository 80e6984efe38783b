import ArgumentParser

/// The command line of asof: one file per subcommand, under `Commands/`.
@main
struct AsofCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "asof",
        abstract: "A feature store in which training and serving compute the same value.",
        discussion: """
            Feature definitions are YAML, written once. asof compiles them into point-in-time-correct training sets on
            Postgres and into a low-latency online store on Redis, and proves, value by value, that both agree.

            Exit codes: 0 done, 1 the check failed, 2 wrong usage or definitions, 3 inconclusive, 4 a store is unreachable.
            """,
        version: AsofVersion.current,
        subcommands: [
            InitCommand.self, LocalCommand.self, ApplyCommand.self, CompileCommand.self, TrainCommand.self,
            ReproduceCommand.self, DiffCommand.self,
            MaterializeCommand.self, ReconcileCommand.self, PushCommand.self, GetCommand.self, ServeCommand.self,
            ExportCommand.self,
            SkewCommand.self, ExplainCommand.self,
            VerifyCommand.self, CheckCommand.self, ProfileCommand.self, DriftCommand.self,
            DecideCommand.self,
            ListCommand.self,
            DescribeCommand.self, LineageCommand.self, PlanCommand.self, HistoryCommand.self, RollbackCommand.self,
            SchemaCommand.self,
        ]
    )

    static func main() async {
        await OutputPipe.ignoreSignals()
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            FailureReporter.exit(with: error)
        }
    }
}

enum AsofVersion {
    static let current = "0.1.0"
}
