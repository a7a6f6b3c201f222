import Archive
import Arguments
import Engine
import Platform
import Render
import Service
import Spelling

/// `tocsin erase`: what a report says goes from everywhere in the store; what it has counted stays.
enum EraseCommand {
  static let description = Command(
    "erase", "Erase what reports say: from the summaries, the search index, the quarantine and the journal; counts stay",
    operands: ["[SOURCE]", "[REPORT-ID…]"],
    flags: [
      Flag("quarantine", "NUMBERS", "Refused events by their numbers (17,20-25), where source or id could not be read"),
      Flag("preview", nil, "Say what there is to erase; nothing is changed"), CommonFlags.config, CommonFlags.profile,
      CommonFlags.store,
    ],
    examples: [
      .init("tocsin erase /boston/311 101001234567 --preview", "how often it came, and where its text stands"),
      .init("tocsin erase /boston/311 101001234567 101001234570", "text and ticket; what comes of them again, too"),
      .init("tocsin erase --quarantine 17", "a refused event; a number from `tocsin quarantine list`"),
    ])

  static func run(_ arguments: ParsedArguments) throws -> ExitCode {
    let directory = try CommonFlags.storeDirectory(arguments)
    let configuration = try CommonFlags.configuration(arguments)
    var erasure = StoreErasure()
    if let source = arguments.operands.first {
      guard arguments.operands.count > 1 else {
        throw ArgumentError("erase: say which reports of \(source): their ids; one source at a time")
      }
      erasure.reports = arguments.operands.dropFirst().map { (Array(source.utf8), Array($0.utf8)) }
    }
    erasure.places = try places(arguments, directory)
    if erasure.reports.isEmpty, erasure.places.isEmpty, arguments.has("quarantine") {
      try complain([], directory)
      return .nothingFound
    }
    guard !erasure.reports.isEmpty || !erasure.places.isEmpty else {
      throw ArgumentError("erase: say what: SOURCE and REPORT-ID, or --quarantine with numbers")
    }
    let isPreview = arguments.has("preview")
    let progress = ProgressLine("erase")
    let summary = try erasure.run(directory: directory, configuration: configuration, isPreview: isPreview) { progress.show($0) }
    progress.clear()
    guard !summary.isNothing else {
      try complain(arguments.operands, directory)
      return .nothingFound
    }
    try Output.show(text(summary, isPreview: isPreview))
    if !summary.unknownIDs.isEmpty {
      let ids = summary.unknownIDs.map { harmless(String(decoding: $0, as: UTF8.self)) }.joined(separator: ", ")
      Output.complain("the journal holds no \(ids)")
    }
    if !isPreview { Output.complain("backups, exports and what producers still hold are out of reach: see to those, too") }
    return .success
  }

  private static func text(_ summary: StoreErasure.Summary, isPreview: Bool) -> String {
    func line(_ count: Int, _ unit: String, _ what: String = "") -> String { "  \(Words.quantity(Double(count), unit))\(what)\n" }
    return (isPreview ? "to be erased:\n" : "erased:\n") + line(summary.arrivals, "arrival", " in the journal")
      + line(summary.found.samples, "sample text") + line(summary.found.refusedEvents, "refused event")
      + line(summary.found.keywords, "keyword", " that nobody else has used")
  }

  private static func places(_ arguments: ParsedArguments, _ directory: String) throws -> [StoreErasure.Place] {
    guard let text = arguments.string("quarantine") else { return [] }
    guard let numbers = QuarantineCommand.numbers(text) else {
      throw ArgumentError("--quarantine: expected numbers such as 3 or 3,7-9, found \"\(text)\"")
    }
    return try ArchiveReader(folder: directory).quarantinePlaces(numbers)
  }

  private static func complain(_ operands: [String], _ directory: String) throws {
    guard let source = operands.first else { return Output.complain("no such event is in the quarantine") }
    let names = try ArchiveReader(folder: directory).sources().map { String(decoding: $0.name, as: UTF8.self) }
    guard !names.contains(source) else { return Output.complain("no such report of \(source) is in this store") }
    let nearest = Spelling.nearest(to: source, in: names).map { "did you mean \($0)?" } ?? "`tocsin sources` lists them"
    throw ArgumentError("erase: no source \"\(source)\" is known; \(nearest)")
  }
}
