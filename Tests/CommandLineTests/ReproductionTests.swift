import Foundation
import PostgresClient
import Testing

/// A training set can be made again from its manifest, and where it cannot, the difference is told.
@Suite struct ReproductionTests {
    /// Recorded now, of long ago; each a little later than a row of its customer.
    private let lateRows = """
        INSERT INTO orders SELECT customer_id, amount + 1, ordered_at + interval '30 minutes', clock_timestamp() FROM orders
        """

    /// Both spines see the rows that come late once these are there: the first in hindsight, the second from the future.
    @Test(arguments: [
        ("clean", "sql:SELECT * FROM labels ORDER BY event_timestamp"),
        ("as_known", "sql:SELECT customer_id, event_timestamp + interval '99 years' AS event_timestamp FROM labels"),
    ])
    func rowsThatHaveArrivedSinceChangeNothing(knowledge: String, spine: String) async throws {
        let project = try await TrainingProject()
        try await project.train(to: "train.csv", spine: spine, "--knowledge", knowledge)
        let bytes = try project.asof.text(of: "train.csv")
        try await project.connection.execute(lateRows)
        let again = try await project.asof.run("reproduce", "train.csv.manifest.json", "-o", "again.csv")
        #expect(again.code == 0, "\(again.output)\(again.error)")
        #expect(again.output.hasPrefix("reproduced: train.csv.manifest.json: 60 rows, content "))
        #expect(again.output.hasSuffix(", byte for byte\n"))
        #expect(try project.asof.text(of: "again.csv") == bytes)
        // The rows do matter to whoever trains now.
        try await project.train(to: "now.csv", spine: spine, "--knowledge", knowledge)
        let difference = try await project.asof.run("diff", "train.csv", "now.csv")
        #expect(difference.code == 1)
        #expect(difference.output.contains("asked differently: as of: "), "\(difference.output)")
        #expect(difference.output.contains("column last_amount: "), "\(difference.output)")
        let same = try await project.asof.run("diff", "train.csv", "again.csv")
        #expect(same.code == 0 && same.output.hasSuffix("same content: 60 rows\n"), "\(same.output)")
        await project.remove()
    }

    @Test func theDefinitionsAreThoseOfThen() async throws {
        let project = try await TrainingProject()
        try await project.train(to: "train.csv")
        try project.asof.write(
            TrainingProject.definitions.replacing("window: 7d", with: "window: 1d"), to: "features/orders.yaml")
        #expect(try await project.asof.run("reproduce", "train.csv").code == 0)
        try await project.train(to: "other.csv")
        let difference = try await project.asof.run("diff", "train.csv", "other.csv")
        #expect(difference.output.contains("asked differently: definition of view customer_orders: "), "\(difference.output)")
        await project.remove()
    }

    @Test func aSpineThatHoldsOtherRowsIsSaidAndItsRowsCounted() async throws {
        let project = try await TrainingProject()
        let rows = (0..<60).map { "\($0 % 6),2024-03-05T00:00:\(10 + $0 % 50)Z" }
        let write = { (rows: [String]) in
            try project.asof.write("customer_id,event_timestamp\n" + rows.joined(separator: "\n") + "\n", to: "spine.csv")
        }
        try write(rows)
        try await project.train(to: "train.csv", spine: "spine.csv")
        try write([rows[0], "4" + rows[1].dropFirst()] + rows[2...])
        let again = try await project.asof.run("reproduce", "train.csv")
        #expect(again.code == 1)
        #expect(
            again.output.contains("  spine column customer_id: 1 of 60 rows differ\n    row 2: was 1, is 4\n"), "\(again.output)")
        #expect(again.output.contains("  the spine holds other rows than it did: "), "\(again.output)")
        await project.remove()
    }

    @Test func rewrittenRowsAreNamedByColumnAndCounted() async throws {
        let project = try await TrainingProject()
        try await project.train(to: "train.csv")
        try await project.connection.execute("UPDATE orders SET amount = 1000 WHERE amount = 30")
        let again = try await project.asof.run("reproduce", "train.csv.manifest.json")
        #expect(again.code == 1)
        #expect(again.output.hasPrefix("NOT REPRODUCED: train.csv.manifest.json: 60 rows, as before; content "))
        #expect(again.output.contains("  feature last_amount: 1 of 60 rows differ\n"), "\(again.output)")
        #expect(again.output.contains("is 1000\n"), "\(again.output)")
        #expect(!again.output.contains("order_count_7d"))
        #expect(again.output.hasSuffix("rows were rewritten in place\n"))
        // Without the file nobody can count the rows, but the columns are known all the same.
        try FileManager.default.removeItem(at: project.asof.folder.appending(path: "train.csv"))
        let blind = try await project.asof.run("reproduce", "train.csv.manifest.json")
        #expect(blind.code == 1 && blind.output.contains("  feature last_amount: differs\n"), "\(blind.output)")
        await project.remove()
    }

    @Test func deletedRowsAreCountedBySource() async throws {
        let project = try await TrainingProject()
        try await project.train(to: "train.csv")
        try await project.connection.execute("DELETE FROM orders WHERE amount IN (30, 35, 40)")
        let again = try await project.asof.run("reproduce", "train.csv.manifest.json")
        #expect(again.code == 1)
        #expect(
            again.output.contains("  source orders: 197 rows as of the same instant, where there were 200\n"), "\(again.output)")
        await project.remove()
    }

    @Test func aSourceThatLacksAColumnIsNamed() async throws {
        let project = try await TrainingProject()
        try await project.train(to: "train.csv")
        try await project.connection.execute("ALTER TABLE orders RENAME amount TO total")
        let again = try await project.asof.run("reproduce", "train.csv.manifest.json")
        #expect(again.code == 1 && again.output == "")
        #expect(again.error == "asof: it cannot be made again: source `orders` has no column `amount` any more\n")
        await project.remove()
    }

    @Test func anotherSpineIsNotTakenForTheSame() async throws {
        let project = try await TrainingProject()
        try await project.train(to: "train.csv")
        try await project.connection.execute("UPDATE labels SET label = NOT label WHERE customer_id = 3")
        let changed = try await project.asof.run("reproduce", "train.csv")
        #expect(changed.code == 1 && changed.output.contains("  spine column label: 10 of 60 rows differ\n"), "\(changed.output)")
        try await project.connection.execute("DELETE FROM labels WHERE customer_id = 3")
        let fewer = try await project.asof.run("reproduce", "train.csv", "--json")
        #expect(fewer.code == 1)
        #expect(fewer.output.contains("\"rowsAre\" : 50") && fewer.output.contains("\"rowsWere\" : 60"), "\(fewer.output)")
        await project.remove()
    }

    @Test func aTableKeepsItsManifestAsItsComment() async throws {
        let project = try await TrainingProject()
        let made = try await project.train(to: "table:training")
        #expect(made.code == 0, "\(made.error)")
        try await project.connection.execute(lateRows)
        let again = try await project.asof.run("reproduce", "table:training")
        #expect(
            again.code == 0 && again.output.hasPrefix("reproduced: table:training: 60 rows, "), "\(again.output)\(again.error)")
        try await project.connection.execute("DELETE FROM orders WHERE amount = 30")
        #expect(try await project.asof.run("reproduce", "table:training").code == 1)
        await project.remove()
    }

    /// The training set is somewhere else than its spine, and then the manifest too; both were named from the project's folder.
    @Test func theSpinesFileIsFoundFromAnywhere() async throws {
        let project = try await TrainingProject()
        try project.asof.write("customer_id,event_timestamp\n1,2024-03-05T00:00:10Z\n", to: "spine.csv")
        let folder = project.asof.folder.appending(path: "deep/down")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try await project.train(to: "deep/down/train.csv", spine: "spine.csv")
        for directory in [project.asof.folder, folder, FileManager.default.temporaryDirectory] {
            let again = try await project.asof.run(
                "reproduce", folder.appending(path: "train.csv").path, "--project", project.asof.folder.path, in: directory)
            #expect(again.code == 0, "\(again.output)\(again.error)")
        }
        // Taken elsewhere together, they are found together.
        let moved = project.asof.folder.appending(path: "moved")
        try FileManager.default.moveItem(at: folder, to: moved)
        try FileManager.default.moveItem(
            at: project.asof.folder.appending(path: "spine.csv"), to: moved.appending(path: "spine.csv"))
        let again = try await project.asof.run("reproduce", "moved/train.csv")
        #expect(again.code == 0, "\(again.output)\(again.error)")
        await project.remove()
    }

    @Test func typesAndOrderOfColumnsAreContent() async throws {
        let project = try await TrainingProject()
        let spine = { (columns: String) in "sql:SELECT \(columns) FROM labels ORDER BY event_timestamp" }
        for format in ["csv", "parquet"] {
            try await project.train(to: "whole.\(format)", spine: spine("customer_id, event_timestamp, 1::int8 AS n"))
            try await project.train(to: "text.\(format)", spine: spine("customer_id, event_timestamp, '1'::text AS n"))
            try await project.train(to: "turned.\(format)", spine: spine("event_timestamp, customer_id, 1::int8 AS n"))
            let types = try await project.asof.run("diff", "whole.\(format)", "text.\(format)")
            #expect(types.code == 1 && types.output.contains("column n: of type int64, string"), "\(types.output)")
            let order = try await project.asof.run("diff", "whole.\(format)", "turned.\(format)")
            #expect(order.code == 1 && order.output.contains("columns stand in another order"), "\(order.output)")
        }
        #expect(try await project.asof.run("diff", "whole.csv", "whole.parquet").code == 0)
        // A file that does not say has whatever type the other says.
        try project.asof.write(try project.asof.text(of: "text.csv"), to: "bare.csv")
        #expect(try await project.asof.run("diff", "bare.csv", "whole.parquet").code == 0)
        await project.remove()
    }

    @Test func aFileThatIsNoManifestIsRefused() async throws {
        let project = try await TrainingProject()
        try project.asof.write("{}", to: "x.manifest.json")
        let outcome = try await project.asof.run("reproduce", "x.manifest.json")
        #expect(outcome.code == 2 && outcome.error.hasPrefix("asof: x.manifest.json is not a manifest of asof's"))
        #expect(try await project.asof.run("reproduce", "absent").code == 2)
        await project.remove()
    }
}
