import Testing

/// The reference values of `shared/reference/monitoring.md` §4, all of them, whatever file they come from.
struct VectorTests {
    @Test("every vector, at its tolerance", arguments: (try? VectorFile.loaded.get().cases) ?? [])
    func vector(_ vector: VectorCase) throws {
        let evaluate = try #require(VectorTopics.evaluations[vector.topic], "no test consumes topic `\(vector.topic)`")
        let expected = vector.expected.fields.filter { !VectorTopics.otherToolsOutput.contains($0.key) }
        #expect(!expected.isEmpty, "a case that expects nothing tests nothing")
        let found = differences(
            .object(try evaluate(vector)), .object(expected), tolerance: vector.tolerance ?? 1e-10, at: vector.id)
        #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
    }

    @Test func fileIsReadAndHasCases() throws {
        let file = try VectorFile.loaded.get()
        #expect(file.layoutVersion == 1)
        #expect(!file.cases.isEmpty)
        #expect(Set(file.cases.map(\.id)).count == file.cases.count, "two cases of one name")
    }

    @Test func generatorIsTheFiles() throws {
        let check = try VectorFile.loaded.get().generator["check_seed_42"]
        var generator = VectorGenerator(seed: 42)
        let uniforms = (0..<3).map { _ in generator.uniform() }
        #expect(uniforms == (try check["first_3_uniforms"].numbers))
        #expect(String(generator.state) == (try check["state_after_3_uniforms"].text))
        var second = VectorGenerator(seed: 42)
        #expect(second.irwin() == (try check["first_irwin"].number))
    }
}
