import ArgumentParser

/// What every command takes.
struct GlobalOptions: ParsableArguments {
    @Option(name: .long, help: "The project's folder. Default: here, or the nearest folder above with an asof.yaml.")
    var project: String?

    @Flag(name: .long, help: "Print the result as JSON, for machines.")
    var json = false

    func configuration() throws(CommandFailure) -> ProjectConfiguration {
        try ProjectConfiguration.find(in: project)
    }
}
