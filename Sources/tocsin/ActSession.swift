import Archive
import Arguments
import Engine
import Platform
import Reports

/// One command that acts: the store as it is read, and who acts when.
struct ActSession: ~Copyable {
  let directory: String
  let reader: ArchiveReader
  let analyst: String
  let filter: ActFilter

  init(_ arguments: ParsedArguments) throws {
    let analyst = try ActFlags.analyst(arguments)
    let directory = try CommonFlags.storeDirectory(arguments)
    let reader = try ArchiveReader(folder: directory)
    let filter = try ActFlags.filter(reader)
    self.init(directory: directory, reader: reader, analyst: analyst, filter: filter)
  }

  private init(directory: String, reader: consuming ArchiveReader, analyst: String, filter: ActFilter) {
    self.directory = directory
    self.reader = reader
    self.analyst = analyst
    self.filter = filter
  }

  /// Who writes; silences that have lapsed are written down with the first act.
  func writer() throws -> ActWriter {
    try ActWriter(
      folder: directory, analyst: analyst, at: Timestamp(microseconds: Clock.wallMicroseconds()),
      lapsed: try reader.lapsedSilences(filter))
  }

  /// The incident that an operand names; nil, and said, where it names none.
  func incident(_ operand: String, _ command: String) throws -> ClusterID? {
    let id = operand.lowercased()
    switch try reader.find(id, among: [.incident]) {
    case .found(let detail): return detail.id
    case .merged(let absorbed, let into):
      Output.complain("\(absorbed) was merged into \(into.id)")
      return into.id
    case .ambiguous(let ids):
      throw ArgumentError(
        "\(command): several incidents begin with \"\(id)\": \(ids.map(\.description).joined(separator: ", ")); write more of it")
    case .none: break
    }
    switch try reader.find(id, among: [.episode, .cluster]) {
    case .found(.episode(let episode)):
      throw ArgumentError(
        "\(command): \(episode.row.summary.id) is an episode; act on its incident, \(episode.row.summary.incident)")
    case .found(.cluster(let cluster)), .merged(_, .cluster(let cluster)):
      let advice = cluster.row.episode.map { "`tocsin show \($0)` names its incident" } ?? "no incident holds it"
      throw ArgumentError("\(command): \(cluster.row.id) is a cluster, and acts are on incidents; \(advice)")
    default: break
    }
    if let gone = try reader.actedIDs(beginning: id).first {
      Output.complain("\(gone) is no incident any more; `tocsin acts \(gone)` shows what was done to it")
    } else {
      Output.complain("no incident's id begins with \"\(id)\"; `tocsin list --all` shows them")
    }
    return nil
  }

  func complainOfGone(_ id: ClusterID) {
    Output.complain("\(id) is no incident any more: it ended while this ran; look at `tocsin list` and try again")
  }
}
