/// All the mistakes of a project, in source order, with the texts they point into.
package struct Diagnostics: Error, Sendable {
    package let all: [Diagnostic]
    /// How many more were found than are kept.
    package let omitted: Int
    /// Sorted by path; a `FileID` is a place in this list.
    package let sources: [SourceText]

    package init(_ sink: DiagnosticSink, sources: [SourceText]) {
        var seen = Set<Diagnostic>()
        all = sink.diagnostics.filter { seen.insert($0).inserted }
            .enumerated()
            .sorted { ($0.element.primary.span, $0.offset) < ($1.element.primary.span, $1.offset) }
            .map(\.element)
        omitted = sink.omitted
        self.sources = sources
    }
}

/// Where the stages leave what they find, so that one run reports everything.
package struct DiagnosticSink: Sendable {
    /// Past this many the rest is counted, not kept: nobody reads them, and a garbage file could fill the memory.
    static let limit = 1000

    package private(set) var diagnostics: [Diagnostic] = []
    package private(set) var omitted = 0

    package init() {}

    package var isEmpty: Bool { diagnostics.isEmpty }

    package mutating func report(_ diagnostic: Diagnostic) {
        if diagnostics.count < Self.limit { diagnostics.append(diagnostic) } else { omitted += 1 }
    }
}
