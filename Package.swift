// swift-tools-version: 6.2
import PackageDescription

// The modules in order of level; a target may depend on lower levels only (Tests/HouseTests holds
// the table). Level 0 is Debian's C libraries: `tools/test` installs the packages named here.

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

func library(
  _ name: String, _ needs: [Target.Dependency] = [], path: String? = nil, pages: [String] = []
) -> Target {
  .target(
    name: name, dependencies: needs, path: path, exclude: pages, swiftSettings: strict)
}

func program(_ name: String, _ needs: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: needs, path: "tools/\(name)", swiftSettings: strict)
}

func tests(_ name: String, _ needs: [Target.Dependency], copy folders: [String] = []) -> Target {
  .testTarget(
    name: name, dependencies: needs, resources: folders.map { .copy($0) }, swiftSettings: strict)
}

func system(_ name: String, _ pkgConfig: String?, debian package: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

/// The projections' folders, each with the SQL that is compiled into the module.
let tables = [
  "accumulation_totals", "batch_status", "client_views", "trial_balance", "sagas", "held_payments",
  "main_clients_database", "private_channel_users_database", "payout_accumulation",
  "payout_batches", "split_payout_request", "split_payout_que", "hostpay_transactions",
  "currency_to_network_supported_mappings",
]

let package = Package(
  name: "Weir",
  products: [.executable(name: "weir", targets: ["weir"])],
  targets: [
    // Level 0: system libraries.
    system("CSQLite", "sqlite3", debian: "libsqlite3-dev"),
    system("COpenSSL", "libcrypto", debian: "libssl-dev"),
    system("CLZ4", "liblz4", debian: "liblz4-dev"),
    // CRC-32C.
    system("CISAL", "libisal", debian: "libisal-dev"),
    system("CSecp256k1", "libsecp256k1", debian: "libsecp256k1-dev"),
    system("CMicroHTTPD", "libmicrohttpd", debian: "libmicrohttpd-dev"),
    system("CCurl", "libcurl", debian: "libcurl4-openssl-dev"),
    system("CPostgres", "libpq", debian: "libpq-dev"),
    // Hashes of passwords.
    system("CArgon2", "libargon2", debian: "libargon2-dev"),
    // Debian: libbotan-2-dev. Its pkg-config flags are ones SwiftPM refuses with a warning, so the
    // module map links it by name.
    system("CBotan", nil, debian: "libbotan-2-dev"),
    // Debian: libsimdjson-dev, behind a C++ shim with a C face.
    .target(name: "CSimdjson", linkerSettings: [.linkedLibrary("simdjson")]),

    // Level 1: values and rules; text.
    library("Kernel", [], pages: ["Liabilities/liabilities.md"]),
    library("JSON", ["CSimdjson"]),

    // Level 2: reactions, tables' folds, the log, HTTP.
    library("Sagas", ["Kernel"]),
    .target(
      name: "Projections", dependencies: ["Kernel"], path: "projections",
      resources: tables.map { .embedInCode("\($0)/\($0).sql") }, swiftSettings: strict),
    library(
      "Log", ["Kernel", "JSON", "COpenSSL", "CLZ4", "CISAL"], pages: ["Backup/backup.md"]),
    library("HTTP", ["CMicroHTTPD", "CCurl"]),

    // Level 3: the loops, the read-model store, the outside.
    library("Engine", ["Kernel", "Log"]),
    library("Tables", ["Kernel", "CSQLite"]),
    .target(
      name: "PostgresLog", dependencies: ["Kernel", "Log", "CPostgres"], exclude: ["nodes.md"],
      resources: [
        .embedInCode("log.sql"), .embedInCode("append.sql"), .embedInCode("inbox.sql"),
        .embedInCode("upgrade_2.sql"), .embedInCode("upgrade_3.sql"),
        .embedInCode("upgrade_4.sql"),
      ], swiftSettings: strict),
    library("Gateways", ["Kernel", "JSON", "HTTP", "COpenSSL", "CSecp256k1", "CBotan", "CCurl"]),

    // Level 4: the tables in PostgreSQL; the one composition root.
    library("PostgresTables", ["Kernel", "Log", "Tables", "PostgresLog"]),
    library(
      "Service",
      [
        "Kernel", "JSON", "Sagas", "Projections", "Log", "HTTP", "Engine", "PostgresLog", "Tables",
        "Gateways", "COpenSSL", "CArgon2",
      ]),

    // Level 5: programs, and the providers' stand-ins.
    library("Sandbox", ["Kernel", "JSON", "HTTP", "Gateways", "Service"], path: "tools/sandbox"),
    library(
      "Bench",
      [
        "CLZ4", "Kernel", "JSON", "Sagas", "Projections", "Log", "HTTP", "Engine", "PostgresLog",
        "Tables", "Gateways", "Service",
      ], path: "tools/bench"),
    library(
      "Simulator",
      [
        "Kernel", "JSON", "Sagas", "Projections", "Log", "HTTP", "Engine", "Tables", "Gateways",
        "Service", "Sandbox",
      ], path: "tools/simulator"),
    program(
      "weir",
      [
        "Kernel", "JSON", "HTTP", "Log", "PostgresLog", "Tables", "PostgresTables", "Projections",
        "Gateways", "Service", "Sandbox", "Bench", "Simulator",
      ]),

    // What reads bytes that nobody vouches for, under attack; built by tools/fuzz/run.
    .executableTarget(
      name: "fuzz", dependencies: ["Kernel", "JSON", "Log", "CISAL"], path: "tools/fuzz",
      exclude: ["corpus", "run"], swiftSettings: strict),

    // Tests.
    .target(
      name: "Support", dependencies: ["Kernel", "JSON", "HTTP", "Log"], path: "Tests/Support",
      swiftSettings: strict),
    // The transfer protocol as a state machine, optimized always: it goes through all its states.
    .target(
      name: "Model", dependencies: ["Kernel"], path: "Tests/Model",
      swiftSettings: strict + [.unsafeFlags(["-O"])]),
    tests("ModelTests", ["Model", "Support"]),
    tests("KernelTests", ["Kernel", "Support"]),
    tests("JSONTests", ["JSON", "Support"]),
    tests("SagaTests", ["Sagas", "Kernel", "Support"]),
    tests("ProjectionTests", ["Projections", "Kernel", "Support", "Tables"]),
    tests(
      "LogTests",
      ["Log", "PostgresLog", "CPostgres", "Kernel", "JSON", "CISAL", "Simulator", "Support"]),
    // A program for tests that make the system fail under it.
    .executableTarget(
      name: "appender", dependencies: ["Kernel", "Log", "Support"], path: "Tests/Appender",
      swiftSettings: strict),
    .testTarget(
      name: "FaultTests", dependencies: ["Log", "Kernel", "Support", "appender"],
      exclude: ["short.c"], swiftSettings: strict),
    tests("FuzzTests", ["fuzz"]),
    tests("HTTPTests", ["HTTP", "Support"]),
    tests("EngineTests", ["Engine", "Kernel", "Log", "Sagas", "Support"]),
    tests("TableTests", ["Tables", "Kernel", "Projections", "Support"]),
    tests(
      "PostgresTableTests",
      ["PostgresTables", "PostgresLog", "Log", "Tables", "Kernel", "Projections", "Support"]),
    tests(
      "GatewayTests", ["Gateways", "Kernel", "JSON", "HTTP", "Support"], copy: ["Vectors"]),
    tests(
      "ServiceTests",
      [
        "Service", "Sandbox", "Support", "Engine", "Kernel", "JSON", "HTTP", "Log", "Sagas",
        "Tables", "Projections", "Gateways", "Model", "PostgresLog",
      ], copy: ["Golden"]),
    tests(
      "SandboxTests", ["Sandbox", "Gateways", "HTTP", "JSON", "Kernel", "Support"]),
    tests(
      "ToolTests",
      [
        "weir", "Bench", "Support", "Kernel", "JSON", "Log", "PostgresLog", "Service", "Sandbox",
        "Gateways", "HTTP", "Model",
      ]),
    tests("SimulatorTests", ["weir", "Simulator", "Model", "Support"]),
    tests("HouseTests", ["Kernel", "JSON", "Projections", "Log", "Service", "Support"]),
  ],
  cxxLanguageStandard: .cxx17
)
