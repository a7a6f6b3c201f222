import Archive
import Arguments
import Engine
import Export
import Platform
import Render
import Reports

/// `tocsin map`: where what is listed lies.
enum MapCommand {
  static let description = Command(
    "map", "Where incidents lie: a map in the terminal, and as a picture or a page",
    flags: CommonFlags.filters + [
      CommonFlags.kind(to: "draw"),
      CommonFlags.alerts,
      CommonFlags.all, ActFlags.silenced,
      CommonFlags.state,
      Flag("limit", "N", "Draw at most so many, those that stand out most; default 100"),
      Flag("plot", "FILE.svg|.png|.html", "Also draw it into this file: a picture, or a page with its list"), CommonFlags.store,
    ],
    examples: [
      .init("tocsin map --since \"7d ago\"", "the week's incidents, the least usual as A"),
      .init("tocsin map --near 42.346,-71.098 --within 5km --kind cluster", "clusters around a place"),
      .init("tocsin map --alerts --plot alerts.html", "a page to send: it loads nothing from anywhere"),
    ])

  private static let defaultLimit = 100
  private static let backgroundCount = 5_000
  private static let listedCount = 26
  private static let (defaultWidth, defaultHeight) = (80, 40)

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    let plot = try PlotFile.path(arguments, forms: ["svg", "png", "html"])
    var filter = try CommonFlags.filter(arguments)
    filter.order = .largest
    filter.limit = filter.limit ?? defaultLimit
    let kind = CommonFlags.kind(arguments)
    let reader = try ArchiveReader(folder: try CommonFlags.storeDirectory(arguments))
    try KeywordStems.admit(to: &filter, reader)
    let acts = try ActFlags.filter(arguments, kind, reader)
    let table = try ListCommand.table(kind, filter, acts, reader)
    let marks = MapMark.make(table)
    var around = ClusterFilter()
    (around.near, around.boundingBox) = (filter.near, filter.boundingBox)
    around.limit = backgroundCount
    let background = try reader.clusters(around).map(\.location)
    guard !marks.isEmpty, let projection = MapProjection(marks.map(\.place) + background) else {
      try Widening(arguments, kind, filter, acts, reader).complain(
        "nothing with a place to draw; `tocsin list` tells what there is without one")
      return .nothingFound
    }
    let title = "\(Words.quantity(Double(marks.count), kind.rawValue)), the least usual first"
    if let plot {
      let canvas = MapPlot.canvas(marks, background: background, projection)
      try PlotFile.write(
        plot.hasSuffix(".html") ? MapPlot.page(marks, canvas, title: "Tocsin: \(title)") : canvas.file, to: plot)
    }
    let height = Terminal.isTerminal(descriptor: 1) ? Terminal.height(descriptor: 1) ?? defaultHeight : defaultHeight
    let text = MapText.lines(
      marks, background: background, projection, width: Output.width ?? defaultWidth, height: max(12, height - 3),
      hasColor: Output.allowsColor)
    let legend = Output.renderer(.table).render(legend(table))
    try Output.show(Array(text.utf8) + [UInt8(ascii: "\n")] + legend)
    return .success
  }

  /// The list with the letters that stand on the map.
  private static func legend(_ list: Table) -> Table {
    let placeIndex = list.columns.firstIndex { $0.name == "location" } ?? 0
    var columns = list.columns
    columns[placeIndex].isHiddenInTable = true
    var table = Table(columns: [Column("mark", title: "")] + columns)
    for row in list.rows {
      guard case .place = row[placeIndex], table.rows.count < listedCount else { continue }
      table.append([.text(String(UnicodeScalar(UInt8(65 + table.rows.count))))] + row)
    }
    return table
  }
}
