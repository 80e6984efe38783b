import Foundation

/// Writes docs/drift-evaluation.md to standard output: `make drift-evaluation`. The first argument names Elec2 as CSV.
@main
enum DriftEvaluation {
    static func main() {
        let path = CommandLine.arguments.dropFirst().first
        var lines = [
            "# What drift detection finds, and what it costs", "",
            "Written by `make drift-evaluation` (release build, one thread, every stream from a seed). Times are of the machine that "
                + "wrote it.", "",
        ]
        lines += Speed.section()
        print(lines.joined(separator: "\n"))
        _ = path
    }
}
