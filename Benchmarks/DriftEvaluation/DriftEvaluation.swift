import Foundation

/// Writes docs/drift-evaluation.md to standard output: `make drift-evaluation`. The first argument names Elec2 as CSV; without it that
/// section is left out and says so.
@main
enum DriftEvaluation {
    static func main() throws {
        let path = CommandLine.arguments.dropFirst().first
        var lines = [
            "# What drift detection finds, and what it costs", "",
            "Written by `make drift-evaluation`: release build, one thread, every stream from a seed. Times are those of the machine that "
                + "wrote it; the rest is the same everywhere.", "",
        ]
        lines += Speed.section()
        lines += OperatingCharacteristics.section()
        lines += StableYear.section()
        if let path {
            lines += try Elec2.section(path)
        } else {
            lines += ["## Elec2", "", "Left out: the data were not given.", ""]
        }
        print(lines.joined(separator: "\n"), terminator: "")
    }
}
