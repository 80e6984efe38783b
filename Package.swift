// swift-tools-version: 6.2
import PackageDescription

/// The settings of every target of ours: Swift 6 mode, strict imports, no warning left standing.
let houseSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// What `make test` asks for: tests have our libraries compute a great deal, which takes several times as long as they are built for
/// debugging. Not asked for elsewhere, least of all where others build on the package.
let optimization: [SwiftSetting] =
    Context.environment["ASOF_OPTIMIZED"] == "1" ? [.unsafeFlags(["-O"], .when(configuration: .debug))] : []

/// A library target of ours, under `Sources/<name>`.
func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: houseSettings + optimization)
}

/// The tests of a target, under `Tests/<name>Tests`.
func tests(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: dependencies, exclude: exclude, swiftSettings: houseSettings)
}

let package = Package(
    name: "asof",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "asof", targets: ["asof"]),
        .library(name: "OnlineStore", targets: ["OnlineStore"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        // No pkgConfig: hiredis' file carries a flag that SwiftPM prohibits; the module map links it.
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CSnappy", providers: [.apt(["libsnappy-dev"])]),
        .systemLibrary(name: "CMalloc"),

        library("Columnar", ["CMalloc"]),
        library("Parquet", ["Columnar", "CZstd", "CSnappy"]),
        library("FeatureDefs", ["Yams", .product(name: "Crypto", package: "swift-crypto")]),
        library("Evaluation", ["FeatureDefs"]),
        library("DriftMonitor"),
        library("AsOfJoin", ["Columnar", "Evaluation", "FeatureDefs"]),
        library("PostgresClient", ["CLibpq"]),
        library("RedisClient", ["CHiredis"]),
        library(
            "OfflineStore",
            [
                "AsOfJoin", "Columnar", "FeatureDefs", "Evaluation", "Parquet", "PostgresClient",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        library("OnlineStore", ["FeatureDefs", "Evaluation", "RedisClient"]),
        library("Materializer", ["FeatureDefs", "OfflineStore", "OnlineStore", "PostgresClient", "RedisClient"]),
        library(
            "Profiler",
            [
                "Columnar", "DriftMonitor", "FeatureDefs", "OfflineStore", "PostgresClient",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        library("SkewChecker", ["FeatureDefs", "Evaluation", "DriftMonitor", "OfflineStore", "PostgresClient"]),
        library(
            "FeatureServer",
            [
                "FeatureDefs", "OnlineStore", "RedisClient",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),
        library("LocalStack", ["PostgresClient", "RedisClient"]),
        .executableTarget(
            name: "asof",
            dependencies: [
                "Columnar", "FeatureDefs", "Evaluation", "DriftMonitor", "OfflineStore", "OnlineStore", "Materializer",
                "Profiler", "SkewChecker",
                "FeatureServer", "LocalStack", "PostgresClient", "RedisClient", "Verification", "Yams",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: houseSettings
        ),
        .target(
            name: "DriftScenarios", dependencies: ["DriftMonitor"], path: "Benchmarks/DriftScenarios",
            swiftSettings: houseSettings),
        .executableTarget(
            name: "drift-evaluation", dependencies: ["DriftMonitor", "DriftScenarios"], path: "Benchmarks/DriftEvaluation",
            swiftSettings: houseSettings),
        .executableTarget(
            name: "drift-benchmark", dependencies: ["DriftMonitor"], path: "Benchmarks/drift/Profiles",
            swiftSettings: houseSettings),
        .executableTarget(
            name: "online-benchmark",
            dependencies: [
                "Columnar", "FeatureDefs", "Materializer", "OfflineStore", "OnlineStore", "PostgresClient", "RedisClient",
            ],
            path: "Benchmarks/online/Lookup", swiftSettings: houseSettings),
        library(
            "FaultInjection",
            [
                "FeatureDefs", "DriftMonitor", "OfflineStore", "OnlineStore", "Materializer", "SkewChecker", "PostgresClient",
                "RedisClient",
            ]),
        .executableTarget(
            name: "skew-evaluation",
            dependencies: ["FaultInjection", "FeatureDefs", "LocalStack", "PostgresClient", "RedisClient", "SkewChecker"],
            path: "Benchmarks/SkewEvaluation", swiftSettings: houseSettings),
        .executableTarget(
            name: "skew-benchmark",
            dependencies: [
                "FeatureDefs", "LocalStack", "Materializer", "OfflineStore", "OnlineStore", "PostgresClient", "RedisClient",
            ],
            path: "Benchmarks/SkewBenchmark", swiftSettings: houseSettings),
        library("Oracle", ["FeatureDefs", "Evaluation"]),
        library(
            "Verification",
            [
                "FeatureDefs", "Evaluation", "Oracle", "OfflineStore", "OnlineStore", "Materializer", "PostgresClient",
                "RedisClient",
            ]),
        library("TestSupport", ["FeatureDefs", "Oracle", "Verification", "PostgresClient", "RedisClient", "LocalStack"]),

        tests("Columnar", ["Columnar"]),
        tests("Parquet", ["Columnar", "Parquet", "TestSupport"], exclude: ["Peers"]),
        tests("FeatureDefs", ["FeatureDefs", "Evaluation", "TestSupport"], exclude: ["Golden", "Reference/validate.py"]),
        tests("Evaluation", ["Evaluation", "FeatureDefs", "Oracle"]),
        tests("DriftMonitor", ["DriftMonitor", "DriftScenarios"], exclude: ["Vectors"]),
        tests("SkewChecker", ["SkewChecker", "FeatureDefs", "DriftMonitor", "OfflineStore", "TestSupport"]),
        tests("AsOfJoin", ["AsOfJoin", "Columnar", "Evaluation", "FeatureDefs", "Oracle"]),
        tests("PostgresClient", ["PostgresClient", "TestSupport"]),
        tests("RedisClient", ["RedisClient", "TestSupport"]),
        tests("LocalStack", ["LocalStack", "PostgresClient", "RedisClient", "TestSupport"]),
        tests("OfflineStore", ["OfflineStore", "Columnar", "FeatureDefs", "PostgresClient", "TestSupport"], exclude: ["Golden"]),
        tests(
            "Profiler",
            ["Profiler", "Columnar", "DriftMonitor", "FeatureDefs", "OfflineStore", "PostgresClient", "TestSupport"]),
        tests("Materializer", ["Materializer", "FeatureDefs", "TestSupport"]),
        tests("OnlineStore", ["OnlineStore", "FeatureDefs", "Oracle", "RedisClient", "TestSupport"]),
        tests(
            "FeatureServer",
            [
                "FeatureServer", "FeatureDefs", "OnlineStore", "Oracle", "RedisClient", "TestSupport",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        tests(
            "Verification",
            [
                "Verification", "FeatureDefs", "Evaluation", "Oracle", "OfflineStore", "PostgresClient", "RedisClient",
                "TestSupport",
            ]),
        tests("CommandLine", ["asof", "OfflineStore", "PostgresClient", "RedisClient", "TestSupport"], exclude: ["Peers"]),
        tests(
            "Conformance",
            [
                "FeatureDefs", "Evaluation", "OfflineStore", "OnlineStore", "Materializer", "SkewChecker", "FaultInjection",
                "PostgresClient", "RedisClient", "Oracle", "Verification", "TestSupport",
            ]),
    ]
)
