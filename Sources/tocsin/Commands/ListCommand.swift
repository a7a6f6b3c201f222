import Archive
import Arguments

/// `tocsin list`: the clusters, the latest first.
enum ListCommand {
  static let description = Command(
    "list", "Clusters, the latest first",
    flags: CommonFlags.filters + [
      Flag("state", "STATE", "Only clusters in this state", choices: ["open", "closed"]), CommonFlags.limit, CommonFlags.format,
      CommonFlags.store,
    ],
    examples: [
      .init("tocsin list --since \"24h ago\"", "what clustered since yesterday"),
      .init("tocsin list --near 42.346,-71.098 --within 2km --keyword \"street light\"", "one topic in one place"),
      .init("tocsin list --format geojson > clusters.geojson", "all of it, for a map"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    var filter = try CommonFlags.filter(arguments)
    filter.state = arguments.string("state").flatMap(ClusterFilter.State.init(rawValue:))
    let reader = try ArchiveReader(folder: try CommonFlags.storeDirectory(arguments))
    return try ClusterTable.print(ClusterTable.make(try reader.clusters(filter)), CommonFlags.outputFormat(arguments))
  }
}
