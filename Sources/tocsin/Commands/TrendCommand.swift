import Archive
import Arguments
import Engine
import Export
import Render
import Reports

/// `tocsin trend`: how many reports a topic brought over time, and how many are usual.
enum TrendCommand {
  static let description = Command(
    "trend", "How many reports a keyword brought, hour by hour or day by day, beside what is usual",
    flags: [CommonFlags.near, CommonFlags.within] + CommonFlags.filtersOfAnyPlace + [
      Flag("every", "PERIOD", "How long each stretch is, whole hours such as 1h, 6h, 1d or 1w; default 1h"),
      Flag("plot", "FILE.svg|.png", "Also draw it into this file"), CommonFlags.format, CommonFlags.store,
    ],
    examples: [
      .init("tocsin trend --keyword snow", "the store's last week, by the hour"),
      .init(
        "tocsin trend --keyword snow --near 42.346,-71.098 --since 2015-02-01 --until 2015-03-01 --every 1d",
        "a month at one place"),
      .init("tocsin trend --keyword \"street light\" --every 1w --since 2015 --plot lights.svg", "a year, as a picture"),
    ])

  private static let hour: Int64 = 3_600
  private static let defaultDays: Int64 = 7

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    var filter = try CommonFlags.filter(arguments)
    guard !filter.keywordWords.isEmpty else { throw ArgumentError("trend: say of what: --keyword WORDS") }
    let every = try arguments.period("every") ?? hour
    guard every >= hour, every % hour == 0 else {
      throw ArgumentError("--every: counts are kept by the hour; write 1h, or whole hours such as 6h or 1d")
    }
    let plot = try PlotFile.path(arguments, forms: ["svg", "png"])
    let reader = try ArchiveReader(folder: try CommonFlags.storeDirectory(arguments))
    try KeywordStems.admit(to: &filter, reader)
    guard let coverage = try reader.coverage() ?? reader.meta().watermark.map({ $0..<$0 }) else {
      Output.complain("the store has seen no report yet")
      return .nothingFound
    }
    let until = filter.until ?? Timestamp(microseconds: coverage.upperBound.microseconds + 1)
    let since = filter.since ?? Timestamp(microseconds: until.microseconds - defaultDays * 86_400_000_000)
    guard since < until else {
      let says = try StaleTime.says(arguments, since, reader)
      throw ArgumentError("trend: \(says ?? "--since \(since) lies behind the store's last report; write --until, too")")
    }
    try ExpiredCountsNote.complain(since: since, reader)
    let trend = try Trend(filter, every: every * 1_000_000, interval: since..<until, coverage: coverage, reader)
    if let plot { try PlotFile.write(TrendPlot.svg(trend, title: title(arguments, every)), to: plot) }
    let format = CommonFlags.outputFormat(arguments)
    if format == .table {
      try Output.show(text(trend, title(arguments, every)))
    } else {
      try Output.show(Output.renderer(format).render(table(trend)))
    }
    return trend.bins.contains { $0.count.reportCount > 0 } ? .success : .nothingFound
  }

  private static func title(_ arguments: ParsedArguments, _ every: Int64) -> String {
    let near = arguments.string("near").map { " within \(arguments.string("within") ?? "1km") of \($0)" } ?? ""
    let length =
      every % 86_400 == 0 ? Words.quantity(Double(every / 86_400), "day") : Words.quantity(Double(every / hour), "hour")
    return harmless("\(arguments.string("keyword") ?? "")\(near), every \(length)")
  }

  private static func table(_ trend: Trend, bars: Double? = nil) -> Table {
    var columns = [
      Column("startsAt", title: "from"), Column("endsAt", isHiddenInTable: true),
      Column("reportCount", title: "reports", alignment: .trailing),
      Column("witnessCount", title: "witnesses", alignment: .trailing),
      Column("usualCount", title: "usual", alignment: .trailing), Column("usualBasis", isHiddenInTable: true),
    ]
    if bars != nil { columns.append(Column("bar", title: "")) }
    var table = Table(columns: columns)
    for bin in trend.bins {
      var row: [Cell] = [
        .time(bin.start), .time(bin.end), .integer(bin.count.reportCount), .integer(bin.count.witnessCount),
        bin.usualCount.map { .estimate($0) } ?? .missing, bin.basis.map { .text($0.rawValue) } ?? .missing,
      ]
      if let bars { row.append(.text(Words.bar(Double(bin.count.reportCount), of: bars, width: 24))) }
      table.append(row)
    }
    return table
  }

  private static func text(_ trend: Trend, _ title: String) -> [UInt8] {
    let bins = trend.bins
    let width = max(20, (Output.width ?? 100) - 10)
    let reports = bins.map { Double($0.count.reportCount) }
    let greatest = max(reports.max() ?? 0, bins.compactMap(\.usualCount).max() ?? 0)
    var text = "\(title): \(Words.quantity(reports.reduce(0, +), "report"))\n\n"
    text += "reports   \(Words.sparkline(reports, width: width, greatest: greatest))\n"
    if bins.contains(where: { $0.usualCount != nil }) {
      text += "usual     \(Words.sparkline(bins.map { $0.usualCount ?? .nan }, width: width, greatest: greatest))\n"
      if bins.contains(where: { $0.basis == .weeks }) {
        text += "          a plain mean of the weeks before, where fewer than \(TrendBaseline.leastWeekCount) are known\n"
      }
    }
    if let most = bins.max(by: { $0.count.reportCount < $1.count.reportCount }), most.count.reportCount > 0 {
      let usual = most.usualCount.map { " where \(Words.estimate($0)) are usual" } ?? ""
      text += "most      \(most.count.reportCount)\(usual), from \(most.start)\n"
    }
    return Array(text.utf8) + [UInt8(ascii: "\n")] + Output.renderer(.table).render(table(trend, bars: greatest))
  }
}
