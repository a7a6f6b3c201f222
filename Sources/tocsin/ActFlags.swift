import Archive
import Arguments
import Platform
import Render
import Reports
import Spelling

/// The flags of what analysts do, and what they mean.
enum ActFlags {
  static let analyst = Flag("as", "NAME", "Who acts; default $TOCSIN_ANALYST, else the login name")
  static let reason = Flag("reason", "TEXT", "Why; it stands in the audit")
  static let note = Flag("note", "TEXT", "What is to be said about it; it stands in the audit")
  static let silenced = Flag("silenced", nil, "Also the incidents that a silence hides")
  static let list = [
    Flag("unacknowledged", nil, "Only incidents that nobody has acknowledged"),
    Flag("assignee", "NAME", "Only incidents that are assigned to this name"), silenced,
  ]

  /// How lists heed what was done, where nothing is said.
  static func filter(_ reader: borrowing ArchiveReader) throws -> ActFilter {
    let forms = try KeywordForms(reader)
    var filter = ActFilter()
    filter.isFurther = { forms.areHeld($0, by: $1) }
    return filter
  }

  /// What the flags of a list say.
  static func filter(
    _ arguments: ParsedArguments, _ kind: SummaryKind, _ reader: borrowing ArchiveReader
  ) throws -> ActFilter {
    var filter = try filter(reader)
    filter.includesSilenced = arguments.has("silenced")
    filter.isUnacknowledgedOnly = arguments.has("unacknowledged")
    filter.assignee = arguments.string("assignee")
    if let flag = list.first(where: { arguments.has($0.name) }) {
      if kind != .incident { throw ArgumentError("--\(flag.name): is about incidents; leave out --kind \(kind.rawValue)") }
    }
    if let name = filter.assignee { try check(assignee: name, reader) }
    return filter
  }

  /// Says whom somebody may have meant, where the audit knows no such name.
  private static func check(assignee name: String, _ reader: borrowing ArchiveReader) throws {
    let names = try reader.analysts()
    if names.contains(name) { return }
    if let nearest = Spelling.nearest(to: name, in: names) {
      throw ArgumentError("--assignee: nothing was ever assigned to \"\(name)\"; did you mean \"\(nearest)\"?")
    }
    let known = names.prefix(8).map { "\"\($0)\"" }.joined(separator: ", ") + (names.count > 8 ? ", …" : "")
    Output.complain("nothing was ever assigned to \"\(name)\"\(names.isEmpty ? "" : "; the audit knows \(known)")")
  }

  /// Who acts.
  static func analyst(_ arguments: ParsedArguments) throws(ArgumentError) -> String {
    let found: (flag: String, name: String?)
    if arguments.has("as") {
      found = ("--as", arguments.string("as"))
    } else if let name = Environment.value("TOCSIN_ANALYST"), !name.isEmpty {
      found = ("TOCSIN_ANALYST", name)
    } else {
      found = ("the login name", LoginName.current)
    }
    guard let name = found.name else { throw ArgumentError("nobody is named: say who acts with --as NAME or TOCSIN_ANALYST") }
    return try self.name(name, found.flag)
  }

  /// A name that can stand in a list.
  static func name(_ text: String, _ flag: String) throws(ArgumentError) -> String {
    let name = trimmed(text)
    guard !name.isEmpty, name.utf8.count <= ActLimits.nameByteCount, !name.unicodeScalars.contains(where: isControl) else {
      throw ArgumentError(
        "\(flag): expected a name of at most \(ActLimits.nameByteCount) bytes without control characters, found \"\(text.prefix(80))\""
      )
    }
    guard name != Act.nobody else { throw ArgumentError("\(flag): \(Act.nobody) is what acts by itself; choose another name") }
    return name
  }

  /// A note or a reason: any text, whatever it holds, made harmless where it is shown.
  static func note(_ text: String, _ flag: String) throws(ArgumentError) -> String {
    let note = trimmed(text)
    guard !note.isEmpty else { throw ArgumentError("\(flag): expected some words, found none") }
    guard note.utf8.count <= ActLimits.noteByteCount else {
      throw ArgumentError("\(flag): has \(note.utf8.count) bytes, of at most \(ActLimits.noteByteCount); shorten it")
    }
    return note
  }

  /// The value of --reason or --note.
  static func note(_ arguments: ParsedArguments, _ flag: String) throws(ArgumentError) -> String? {
    guard let text = arguments.string(flag) else { return nil }
    return try note(text, "--\(flag)")
  }

  /// The value of --reason, which must be there.
  static func reason(_ arguments: ParsedArguments) throws(ArgumentError) -> String {
    guard let reason = try note(arguments, "reason") else {
      throw ArgumentError("\(arguments.command.name): --reason TEXT is missing; say why, for those who read the audit")
    }
    return reason
  }

  private static func trimmed(_ text: String) -> String {
    let start = text.unicodeScalars.drop { $0.properties.isWhitespace }
    var end = Substring(start)
    while end.unicodeScalars.last?.properties.isWhitespace == true { end.unicodeScalars.removeLast() }
    return String(end)
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    [.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
  }
}
