/// What can be exported, each kind a layer; in the order in which a GeoPackage has them.
enum ExportKind: String, CaseIterable {
  case incident
  case episode
  case episodeCell = "episode-cell"
  case cluster
  case sample
  case rollup
  case cell
  case source
}
