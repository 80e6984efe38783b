import ArgumentParser
import FeatureDefs
import Foundation

/// `asof init`: a new project with one working example.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Start a project: asof.yaml, features/, one working example.",
        discussion: "Never overwrites a file."
    )

    @Argument(help: "The project's folder; created if need be.")
    var folder = "."

    @Option(help: "The project's name. Default: the folder's.")
    var name: String?

    func run() throws {
        let root = URL(filePath: folder, directoryHint: .isDirectory).standardizedFileURL
        let project = name ?? root.lastPathComponent.replacing(#/[^A-Za-z0-9_]/#, with: "_")
        guard project.wholeMatch(of: #/[A-Za-z_][A-Za-z0-9_-]*/#) != nil else {
            throw CommandFailure.usage("`\(project)` cannot be a project's name; use letters, digits, `_` and `-`, with --name")
        }
        let files = try ProjectTemplate.files(project: project)
        for file in files where FileManager.default.fileExists(atPath: root.appending(path: file.path).path) {
            throw CommandFailure.usage("\(root.appending(path: file.path).path) exists already; nothing was written")
        }
        for file in files {
            let url = root.appending(path: file.path)
            do {
                try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(file.text.utf8).write(to: url, options: .withoutOverwriting)
            } catch {
                throw CommandFailure.usage("cannot write \(url.path): \(error.systemReason)")
            }
            print("wrote \(file.path)")
        }
        print(
            """

            Next, in \(folder == "." ? "this folder" : folder):
              asof apply
              asof train --service orders_v1 --spine spine.csv -o train.csv
              asof materialize
              asof get --service orders_v1 --keys customer_id=1 --request basket=120
            """
        )
    }
}

/// The files of a new project. The example brings its own rows, so that it works on an empty database.
private enum ProjectTemplate {
    static func files(project: String) throws -> [(path: String, text: String)] {
        [
            ("asof.yaml", configuration(project: project)), ("features/orders.yaml", features),
            (SchemaFile.path, try SchemaFile.text()), ("spine.csv", spine),
            (".gitignore", ".asof/\n"),
        ]
    }

    private static func configuration(project: String) -> String {
        """
        project: \(project)
        features: features
        # Without URLs a private Postgres and Redis under .asof/ are used. ASOF_OFFLINE_URL and ASOF_ONLINE_URL override these.
        # offline:
        #   url: postgres://user@host:5432/database
        # online:
        #   url: redis://host:6379/0

        """
    }

    private static let features = """
        # yaml-language-server: $schema=../\(SchemaFile.path)
        entities:
          customer:
            join_keys: {customer_id: int64}

        sources:
          orders:
            # Usually `table: orders`. A query does as well, and this one needs no table.
            query: |
              SELECT customer_id::int8, amount::float8, ordered_at::timestamptz, loaded_at::timestamptz
              FROM (VALUES
                (1, 20.0, '2024-03-01 09:00Z', '2024-03-01 09:01Z'),
                (1, 35.5, '2024-03-03 18:30Z', '2024-03-04 02:00Z'),
                (2, 12.0, '2024-03-02 12:00Z', '2024-03-02 12:00Z')
              ) AS o(customer_id, amount, ordered_at, loaded_at)
            event_timestamp: ordered_at
            created_timestamp: loaded_at

        feature_views:
          customer_orders:
            entities: [customer]
            source: orders
            schedule: {every: 1h, lag: 5m}
            features:
              last_amount: {latest: amount}
              order_count_30d: {count: "*", window: 30d}
              spend_30d: {sum: amount, window: 30d}

        on_demand_feature_views:
          basket:
            request: {basket: float64}
            features:
              basket_vs_last: "basket / nullif(customer_orders.last_amount, 0)"

        feature_services:
          orders_v1:
            features: [customer_orders, basket]
            log: {sample: 1.0}

        """

    private static let spine = """
        customer_id,event_timestamp,basket,label
        1,2024-03-02T00:00:00Z,25.0,0
        1,2024-03-03T20:00:00Z,50.0,1
        1,2024-03-04T04:00:00Z,50.0,1
        2,2024-03-04T04:00:00Z,10.0,0

        """
}
