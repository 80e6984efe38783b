import Foundation
import PostgresClient
import TestSupport
import Testing

/// Feast's unmodified Python SDK, with `online_store: {type: remote}`, as a client of `asof serve`.
@Suite struct FeastClientTests {
    private static let definitions = """
        entities:
          driver: {join_keys: {driver_id: int64}}
          shop: {join_keys: {shop: string}}
        sources:
          trips: {table: trips, event_timestamp: happened, created_timestamp: known}
          shares: {table: shares, event_timestamp: happened}
          fresh_trips: {table: fresh_trips, event_timestamp: happened, created_timestamp: known}
        feature_views:
          driver:
            entities: [driver]
            source: trips
            features:
              trips: {latest: trips}
              rating: {latest: rating}
              ratio: {latest: ratio}
              name: {latest: name}
              active: {latest: active}
              seen: {latest: seen}
              photo: {latest: photo}
              code: {latest: code}
              tags: {latest: tags}
              scores: {latest: scores}
              visits: {latest: visits}
              embedding: {latest: cast(embedding as vector<2>)}
              nothing: {latest: nothing}
          driver_recent:
            entities: [driver]
            source: trips
            ttl: 1h
            features: {rating: {latest: rating}}
          fresh:
            entities: [driver]
            source: fresh_trips
            features: {rating: {latest: stars}, trips: {latest: n}}
          pair:
            entities: [driver, shop]
            source: shares
            features: {share: {latest: share}}
        on_demand_feature_views:
          fare:
            request: {distance: float64}
            features: {per_km: driver.rating / distance}
        feature_services:
          driver_v1: {features: [pair.share, driver.trips, fare.per_km], log: {sample: 1.0}}
        """

    private static let rows = #"""
        CREATE TABLE trips (
            driver_id bigint, happened timestamptz, known timestamptz, trips bigint, rating float8, ratio float4, name text,
            active bool, seen timestamptz, photo bytea, code uuid, tags text[], scores float8[], visits bigint[],
            embedding real[], nothing text);
        INSERT INTO trips VALUES
            (1, '2024-01-02 03:04:05.123456Z', '2024-01-02 04:00Z', 9007199254740993, 4, 0.1, 'Zoë "Z" \ 日本 🙂', true,
             '2024-01-02 03:04:05.999Z', '\x00ff', '00112233-4455-6677-8899-aabbccddeeff', '{a,"b,c"}', '{1,2.5}',
             '{1,2,9007199254740993}', '{0.5,1}', NULL),
            (1, '2024-01-01 00:00Z', '2024-01-01 00:00Z', 5, 5, 5, 'older', false, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'x'),
            (2, '2024-01-02 03:04:05Z', '2024-01-02 03:04:05Z', -1, 'NaN', NULL, '', false, NULL, '', NULL, NULL, NULL, NULL,
             NULL, NULL),
            (3, '2024-01-02 03:04:05Z', '2024-01-02 03:04:05Z', 7, 1, NULL, 'lists', false, NULL, NULL, NULL, '{}', '{1.5,NULL}', '{}',
             NULL, NULL);
        CREATE TABLE fresh_trips (driver_id bigint, happened timestamptz, known timestamp, stars float8, n bigint);
        CREATE TABLE shares (driver_id bigint, shop text, happened timestamptz, share float8);
        INSERT INTO shares VALUES (1, 's 1', '2024-01-01Z', 0.25);
        """#

    private static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Peers/feast_client.py")

    private func filled() async throws -> AsofProcess {
        let asof = try await AsofProcess()
        let connection = try await asof.connectOffline()
        try await connection.executeScript(Self.rows)
        await connection.close()
        try asof.write(Self.definitions, to: "features/orders.yaml")
        let applied = try await asof.run("apply")
        try #require(applied.code == 0, "\(applied.error)")
        let filled = try await asof.run("materialize")
        try #require(filled.code == 0, "\(filled.error)")
        return asof
    }

    @Test func valuesServicesMissingEntitiesAndErrorsAreWhatFeastsClientExpects() async throws {
        let asof = try await filled()
        defer { asof.remove() }
        let server = try await asof.serve()
        try await Peers.run(Self.script, ["plain", server.url, asof.folder.path])
        #expect(server.stop() == 0)
    }

    /// Lists on which its calls fail, which `--feast-lists` spares it.
    @Test func listsThatItCannotReadAreNullOnDemand() async throws {
        let asof = try await filled()
        defer { asof.remove() }
        let plain = try await asof.serve()
        try await Peers.run(Self.script, ["unreadable_lists", plain.url, asof.folder.path])
        #expect(plain.stop() == 0)
        let server = try await asof.serve("--feast-lists")
        try await Peers.run(Self.script, ["lists", server.url, asof.folder.path])
        #expect(server.stop() == 0)
    }

    @Test func itsPushesGoIntoTheSourceAndOnline() async throws {
        let asof = try await filled()
        defer { asof.remove() }
        let server = try await asof.serve(
            "--allow-push", variables: ["ASOF_SERVER_TOKENS": "reader", "ASOF_SERVER_PUSH_TOKENS": "writer"])
        try await Peers.run(Self.script, ["push", server.url, asof.folder.path, "reader", "writer"])
        #expect(server.stop() == 0)
        let connection = try await asof.connectOffline()
        let rows = try await connection.execute(
            "SELECT stars, n, happened = '2024-05-01 10:00:00.123456Z', known FROM fresh_trips WHERE driver_id = 1 ORDER BY happened"
        ).rows
        #expect(
            rows == [
                ["1", "9007199254740993", "f", "2024-05-01 09:59:01"], ["4.5", "9007199254740993", "t", "2024-05-01 10:00:01"],
                ["5", "9007199254740993", "f", "2024-05-01 10:01:01"],
            ])
        await connection.close()
        let refused = try await asof.run("serve", "--allow-push", "--port", "0", variables: ["ASOF_SERVER_TOKENS": "reader"])
        #expect(refused.code == 2 && refused.error.contains("set ASOF_SERVER_PUSH_TOKENS"), "\(refused.error)")
        let open = try await asof.run("serve", "--allow-push", "--port", "0", "--host", "0.0.0.0")
        #expect(open.code == 2 && open.error.contains("0.0.0.0 may be reached by others"), "\(open.error)")
    }

    @Test func itsCertificatesAndTokensAreTaken() async throws {
        let asof = try await filled()
        defer { asof.remove() }
        let certificate = try asof.makeCertificate()
        let server = try await asof.serve(
            "--tls-cert", "cert.pem", "--tls-key", "key.pem", variables: ["ASOF_SERVER_TOKENS": "s3cret"])
        try await Peers.run(Self.script, ["secure", server.url, asof.folder.path, certificate, "s3cret"])
        #expect(server.stop() == 0)
    }
}
