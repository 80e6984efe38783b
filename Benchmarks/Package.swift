// swift-tools-version: 6.2
import PackageDescription

// Benchmarks are a package of their own, so that nobody who builds asof builds them. What they measure is `package` to asof, and
// no package sees that of another one: so the targets are asof's own sources again, by links.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        .target(
            name: "FeatureDefs", dependencies: ["Yams", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: settings),
        .target(name: "Evaluation", dependencies: ["FeatureDefs"], swiftSettings: settings),
        .executableTarget(
            name: "CompileBenchmark", dependencies: ["FeatureDefs", "Evaluation"], swiftSettings: settings),
    ]
)
