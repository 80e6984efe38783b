import ArgumentParser
import FeatureDefs

/// `asof schema`: the JSON Schema of definition files.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of definition files, so that editors complete and check them.",
        discussion: """
            asof schema > \(SchemaFile.path)

            An editor with the YAML language server uses it for files that begin with
            `# yaml-language-server: $schema=../\(SchemaFile.path)`, as those of `asof init` do. The schema knows the shape of a file; what its
            names and expressions mean is checked by `asof plan`, whose --json is for editors too.
            """
    )

    @Flag(name: .long, help: "For likeness with other commands; the schema is JSON anyway.")
    var json = false

    func run() throws {
        print(try SchemaFile.text(), terminator: "")
    }
}

/// The schema as a file of a project.
enum SchemaFile {
    /// Relative to the project's folder; from a file in `features/` it is `../` away.
    static let path = "asof.schema.json"

    static func text() throws -> String { try CanonicalJSON.text(of: DefinitionSchema.document, isIndented: true) + "\n" }
}
