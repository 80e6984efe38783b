import Foundation
import OfflineStore
import PostgresClient
import TestSupport
import Testing

/// Parquet in and out of `asof train`, held against what pyarrow, DuckDB and Polars write and read.
@Suite struct ParquetTrainingTests {
    private static let definitions = """
        entities:
          thing: {join_keys: {id: int64}}
        sources:
          readings: {table: readings, event_timestamp: at}
        feature_views:
          things:
            entities: [thing]
            source: readings
            features:
              whole: {latest: whole}
              real: {latest: "real"}
              single: {latest: single_}
              text: {latest: words}
              flag: {latest: flag}
              moment: {latest: moment}
              blob: {latest: blob}
              code: {latest: code}
              texts: {latest: texts}
              numbers: {latest: numbers_}
              reals: {latest: reals}
              moments: {latest: moments}
              place: {latest: cast(place as vector<2>)}
              seen_7d: {count: "*", window: 7d}
              total_7d: {sum: "real", window: 7d}
              recent: {last_n: whole, n: 3, window: 7d}
        feature_services:
          all: {features: [things]}

        """

    /// Each reading on an hour; features of the same names as the spine's columns are told apart by --full-feature-names.
    private static let rows = #"""
        CREATE TABLE readings (
            id int8, at timestamptz, whole int8, "real" float8, single_ float4, words text, flag bool, moment timestamptz, blob bytea,
            code uuid, texts text[], numbers_ int8[], reals float8[], moments timestamptz[], place real[]);
        INSERT INTO readings SELECT i % 4, '2024-03-01Z'::timestamptz + i * interval '1 hour',
            (ARRAY[-9223372036854775808, 9223372036854775807, 9007199254740993, NULL])[i % 4 + 1],
            (ARRAY['-0', 'NaN', '5e-324', '-Infinity', NULL, '0.1', '1e300']::float8[])[i % 7 + 1],
            (ARRAY['-0', 'NaN', '1e-45', NULL, '0.1']::float4[])[i % 5 + 1],
            (ARRAY['', NULL, 'NULL', 'a "b", c', E'x\ny', '日本 🙂'])[i % 6 + 1],
            (ARRAY[true, false, NULL])[i % 3 + 1],
            (ARRAY['1969-12-31 23:59:59.999999Z', '0001-01-01Z', NULL, '9999-12-31 23:59:59.999999Z']::timestamptz[])[i % 4 + 1],
            (ARRAY['\x00ff', '\x', NULL]::bytea[])[i % 3 + 1],
            (ARRAY['00112233-4455-6677-8899-aabbccddeeff', NULL]::uuid[])[i % 2 + 1],
            CASE i % 3 WHEN 0 THEN ARRAY['a', NULL, 'b,c', '', 'NULL', 'q"\'] WHEN 1 THEN '{}' END,
            CASE i % 3 WHEN 0 THEN ARRAY[1, NULL, -9223372036854775808] WHEN 1 THEN '{}' END,
            CASE i % 3 WHEN 0 THEN ARRAY['NaN', NULL, '5e-324', '0.1']::float8[] WHEN 1 THEN '{}' END,
            CASE i % 3 WHEN 0 THEN ARRAY['1969-12-31 23:59:59.999999Z', NULL]::timestamptz[] WHEN 1 THEN '{}' END,
            CASE i % 2 WHEN 0 THEN ARRAY['0.1', '-1']::real[] END
        FROM generate_series(1, 500) AS i;
        CREATE TABLE labels AS SELECT i % 5 AS id, '2024-03-02Z'::timestamptz + i * interval '97 minutes' AS event_timestamp,
            i % 3 = 0 AS label FROM generate_series(1, 300) AS i;
        """#

    private struct Bench {
        let asof: AsofProcess
        let connection: PostgresConnection

        init() async throws {
            let url = try await TestStack.shared().freshDatabase("parquet")
            connection = try await PostgresConnection.connect(to: url)
            try await connection.executeScript(ParquetTrainingTests.rows)
            asof = try await AsofProcess(offlineURL: url.description)
            try asof.write(ParquetTrainingTests.definitions, to: "features/orders.yaml")
            #expect(try await asof.run("apply").code == 0)
        }

        func train(_ spine: String, to output: String, _ more: String...) async throws {
            let outcome = try await asof.run(
                ["train", "--service", "all", "--spine", spine, "-o", output, "--full-feature-names"] + more)
            try #require(outcome.code == 0, "\(spine) to \(output): \(outcome.error)")
        }

        func path(_ name: String) -> String { asof.folder.appending(path: name).path }

        func content(of output: String) throws -> String {
            try TrainingManifest.read(path: path(output)).contentSHA256
        }

        func remove() async {
            await connection.close()
            asof.remove()
        }
    }

    private static func peers(_ arguments: String...) async throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Peers/parquet_training.py")
        try await Peers.run(script, arguments)
    }

    /// CSV is what the conformance tests hold against the oracle.
    @Test(arguments: ["probe", "merge"])
    func aParquetFileIsWhatTheCSVFileSays(strategy: String) async throws {
        let bench = try await Bench()
        try await bench.train("sql:TABLE labels ORDER BY event_timestamp", to: "out.csv", "--strategy", strategy)
        try await bench.train("sql:TABLE labels ORDER BY event_timestamp", to: "out.parquet", "--strategy", strategy)
        #expect(try bench.content(of: "out.csv") == bench.content(of: "out.parquet"))
        try await Self.peers("same", bench.path("out.csv"), bench.path("out.parquet"))
        let same = try await bench.asof.run("diff", "out.csv", "out.parquet")
        #expect(same.code == 0 && same.output.hasSuffix("same content: 300 rows\n"), "\(same.output)\(same.error)")
        await bench.remove()
    }

    /// What a CSV spine cannot say the definitions do; the rest stays text, and a CSV training set what it was.
    @Test(arguments: ["probe", "merge"])
    func aCSVSpinesKeysAndTimesGetTheirTypes(strategy: String) async throws {
        let bench = try await Bench()
        try bench.asof.write(
            """
            id,event_timestamp,note
            1,2024-03-05T02:00:00+02:00,007
            +2,2024-03-05 00:00:00Z,
            ,2024-03-05,x
            3,,y

            """, to: "spine.csv")
        for output in ["out.csv", "out.parquet", "table:typed"] {
            try await bench.train("spine.csv", to: output, "--strategy", strategy)
        }
        #expect(try bench.asof.text(of: "out.csv").contains("\n1,2024-03-05T02:00:00+02:00,007,"))
        #expect(try bench.content(of: "out.csv") == bench.content(of: "out.parquet"))
        try await Self.peers(
            "types", bench.path("out.parquet"), "id=int64", "event_timestamp=timestamp[us, tz=UTC]", "note=string")
        let rows = try await bench.connection.execute(
            """
            SELECT coalesce(pg_typeof(id) || ' ' || id, '-') || ', ' || coalesce(pg_typeof(event_timestamp) || ' '
                || (event_timestamp AT TIME ZONE 'UTC'), '-') || ', ' || coalesce(note, '-') FROM typed
            """)
        let instant = "timestamp with time zone 2024-03-05 00:00:00"
        #expect(
            rows.rows.map { $0[0] } == [
                "bigint 1, \(instant), 007", "bigint 2, \(instant), -", "-, \(instant), x", "bigint 3, -, y",
            ])
        let same = try await bench.asof.run("diff", "out.csv", "out.parquet")
        #expect(same.code == 0 && same.output.hasSuffix("same content: 4 rows\n"), "\(same.output)\(same.error)")
        // By the keys' values where rows are not in one order.
        try bench.asof.write(
            "id,event_timestamp,note\n3,,y\n,2024-03-05,x\n2,2024-03-05 00:00:00Z,\n1,2024-03-05T00:00:00Z,007\n",
            to: "turned.csv")
        try await bench.train("turned.csv", to: "turned.parquet", "--strategy", strategy)
        let turned = try await bench.asof.run("diff", "out.csv", "turned.parquet")
        #expect(turned.code == 0, "\(turned.output)")
        for name in ["out.csv", "out.parquet", "table:typed"] {
            let again = try await bench.asof.run("reproduce", name)
            #expect(again.code == 0, "\(again.output)\(again.error)")
        }
        await bench.remove()
    }

    @Test func spinesThatTheOthersWriteAreRead() async throws {
        let bench = try await Bench()
        try await Self.peers("spines", bench.asof.folder.path)
        let spines = try FileManager.default.contentsOfDirectory(atPath: bench.asof.folder.path).filter {
            $0.hasSuffix(".parquet") && !$0.hasPrefix("refused")
        }.sorted()
        #expect(spines.count == 11)
        var contents: Set<String> = []
        for (index, spine) in spines.enumerated() {
            try await bench.train(spine, to: "merge.parquet", "--strategy", "merge")
            try await Self.peers("passed", bench.path(spine), bench.path("merge.parquet"))
            let content = try bench.content(of: "merge.parquet")
            if !spine.hasPrefix("other") { contents.insert(content) }
            // In Postgres, and by way of files: each for some of them.
            if index.isMultiple(of: 2) || spine.hasPrefix("other") {
                try await bench.train(spine, to: "probe.parquet", "--strategy", "probe")
                #expect(try bench.content(of: "probe.parquet") == content, "\(spine)")
            } else {
                try await bench.train(spine, to: "small.parquet", "--strategy", "merge", "--memory", "1KB")
                #expect(try bench.content(of: "small.parquet") == content, "\(spine)")
            }
        }
        #expect(contents.count == 1)
        // The same rows from a table give the same features.
        try await bench.train("pyarrow-v2.parquet", to: "table:from_file", "--strategy", "probe")
        try await bench.train(
            """
            sql:SELECT id, event_timestamp, label, note, ratio, single, small, medium, large, day, early, raw, words, numbers, point
            FROM from_file
            """, to: "again.csv", "--strategy", "merge")
        try await bench.train("pyarrow-v2.parquet", to: "file.csv", "--strategy", "merge")
        #expect(try bench.asof.text(of: "again.csv") == bench.asof.text(of: "file.csv"))
        await bench.remove()
    }

    @Test(arguments: [
        (
            "text",
            "refused-text.parquet: column `event_timestamp` is of type string, the definitions say timestamp; write it with that type"
        ),
        ("key", "refused-key.parquet: column `id` is of type string, the definitions say int64; write it with that type"),
        ("struct", "refused-struct.parquet: cannot read the column `note` of the Parquet file: it is a structure; \(advice)"),
        ("gzip", "refused-gzip.parquet: cannot read the column `id` of the Parquet file: compression GZIP; \(advice)"),
        (
            "fine",
            "refused-fine.parquet: cannot read the column `early` of the Parquet file: an instant that is not a whole microsecond, or "
        ),
        ("empty", "the spine's column `` cannot be one in Postgres: a name in SQL cannot be empty; rename it"),
        ("long", "the spine's column `éééééééééééééééééééééééééééééééééééééééé` cannot be one in Postgres: the name "),
        ("nul", "row 8 of refused-nul.parquet: column `note` has text with a NUL character, which Postgres has not"),
        ("damaged", "refused-damaged.parquet: the Parquet file is damaged: "),
    ])
    func aSpineThatCannotBeReadIsNamed(name: String, message: String) async throws {
        let bench = try await Bench()
        try await Self.peers("spines", bench.asof.folder.path)
        for strategy in ["probe", "merge"] {
            let outcome = try await bench.asof.run(
                "train", "--service", "all", "--spine", "refused-\(name).parquet", "-o", "out.parquet", "--strategy", strategy,
                "--full-feature-names")
            #expect(outcome.code == 2)
            let errors = outcome.error.split(separator: "\n").filter { $0.hasPrefix("asof: ") && !$0.contains("warning") }
            #expect(errors.count == 1 && errors[0].hasPrefix("asof: " + message), "\(outcome.error)")
            #expect(!bench.asof.exists("out.parquet"))
        }
        await bench.remove()
    }

    private static let advice = "write it with another type, encoding or compression"

    @Test func aParquetTrainingSetIsReproducedAndCompared() async throws {
        let bench = try await Bench()
        try await Self.peers("spines", bench.asof.folder.path)
        try await bench.train("duckdb-zstd.parquet", to: "out.parquet")
        let again = try await bench.asof.run("reproduce", "out.parquet", "-o", "again.parquet")
        #expect(again.code == 0 && again.output.hasSuffix(", byte for byte\n"), "\(again.output)\(again.error)")
        try await bench.connection.execute("UPDATE readings SET whole = 77 WHERE id = 1 AND whole = 9223372036854775807")
        let changed = try await bench.asof.run("reproduce", "out.parquet")
        #expect(changed.code == 1)
        #expect(changed.output.contains("  feature things__whole: "), "\(changed.output)")
        #expect(changed.output.contains("of 400 rows differ\n") && changed.output.contains("is 77\n"), "\(changed.output)")
        #expect(!changed.output.contains("things__real"))
        try await bench.train("duckdb-zstd.parquet", to: "now.csv")
        let difference = try await bench.asof.run("diff", "out.parquet", "now.csv")
        #expect(difference.code == 1 && difference.output.contains("column things__whole: "), "\(difference.output)")
        #expect(!difference.output.contains("column things__real"), "\(difference.output)")
        let same = try await bench.asof.run("diff", "out.parquet", "again.parquet")
        #expect(same.code == 0, "\(same.output)")
        await bench.remove()
    }
}
