import Archive
import Arguments
import Engine

/// `tocsin acknowledge`, `assign` and `annotate`: who has seen an incident, who looks after it, what there is to say.
enum HandlingCommands {
  static let acknowledge = Command(
    "acknowledge", "Say that an incident has been seen, or take that back", operands: ["ID"],
    flags: [
      ActFlags.note, Flag("undo", nil, "It has not been seen after all"), ActFlags.analyst, CommonFlags.store,
    ],
    examples: [
      .init("tocsin acknowledge 51w0", "an id from `tocsin list`, or the beginning of one"),
      .init("tocsin acknowledge 51w0 --note \"gas company is on it\" --as maria", "with a note, under a name"),
      .init("tocsin acknowledge 51w0 --undo", "it counts as new again"),
    ])

  static let assign = Command(
    "assign", "Say who looks after an incident", operands: ["ID", "[WHO]"],
    flags: [
      ActFlags.note, Flag("nobody", nil, "Nobody does any more, instead of WHO"), ActFlags.analyst, CommonFlags.store,
    ],
    examples: [
      .init("tocsin assign 51w0 \"night shift\"", "`tocsin list --assignee \"night shift\"` lists it then"),
      .init("tocsin assign 51w0 --nobody", "it is nobody's again"),
    ])

  static let annotate = Command(
    "annotate", "Add a note to an incident", operands: ["ID", "TEXT"], flags: [ActFlags.analyst, CommonFlags.store],
    examples: [
      .init(
        "tocsin annotate 51w0 \"main broke at Lansdowne St\"", "`tocsin show 51w0` tells it; about places and topics, not persons"
      )
    ])

  static func acknowledge(_ arguments: ParsedArguments) throws -> ExitCode {
    let note = try ActFlags.note(arguments, "note")
    let isUndone = arguments.has("undo")
    return try act(arguments) { writer, id throws(ArchiveError) in
      try writer.acknowledge(id, isUndone: isUndone, note: note)
    } done: {
      isUndone ? "is not acknowledged any more" : "is acknowledged by \($0)"
    } unchanged: { act in
      act.map { "is acknowledged already, by \($0.analyst) at \($0.at); --note adds a word, --undo takes it back" }
        ?? "is not acknowledged"
    }
  }

  static func assign(_ arguments: ParsedArguments) throws -> ExitCode {
    let note = try ActFlags.note(arguments, "note")
    let names = arguments.operands.dropFirst()
    guard names.isEmpty == arguments.has("nobody") else {
      throw ArgumentError(
        names.isEmpty
          ? "assign: WHO is missing; name somebody, or say --nobody"
          : "--nobody: but \"\(names.joined())\" is named; give one of them")
    }
    let assignee = try names.first.map { (name) throws(ArgumentError) in try ActFlags.name(name, "assign: WHO") }
    return try act(arguments) { writer, id throws(ArchiveError) in
      try writer.assign(id, to: assignee, note: note)
    } done: { _ in
      "is with \(assignee ?? "nobody")"
    } unchanged: { act in
      act.map { "is with \($0.object ?? "") already, assigned by \($0.analyst) at \($0.at)" } ?? "is with nobody already"
    }
  }

  static func annotate(_ arguments: ParsedArguments) throws -> ExitCode {
    let note = try ActFlags.note(arguments.operands[1], "annotate: TEXT")
    return try act(arguments) { writer, id throws(ArchiveError) in
      try writer.annotate(id, note)
    } done: {
      "has a note by \($0)"
    } unchanged: { _ in
      "is unchanged"
    }
  }

  private static func act(
    _ arguments: ParsedArguments, _ body: (borrowing ActWriter, ClusterID) throws(ArchiveError) -> ActOutcome,
    done: (String) -> String, unchanged: (Act?) -> String
  ) throws -> ExitCode {
    let session = try ActSession(arguments)
    guard let id = try session.incident(arguments.operands[0], arguments.command.name) else { return .nothingFound }
    switch try body(try session.writer(), id) {
    case .done(let act, let on):
      if on != id { Output.complain("\(id) was merged into \(on), which is listed for it") }
      Output.complain("\(on) \(done(session.analyst)) (act \(act))")
      return .success
    case .unchanged(let act):
      Output.complain("\(id) \(unchanged(act))")
      return .nothingFound
    case .gone:
      session.complainOfGone(id)
      return .nothingFound
    }
  }
}
