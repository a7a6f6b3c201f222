import Archive
import Engine
import JSON
import Render
import Reports

/// What analysts did, in words and as JSON.
enum ActText {
  /// Lines of a summary's head.
  static func lines(_ acts: IncidentActs) -> String {
    var text = ""
    if let act = acts.acknowledged {
      text += SummaryText.line("seen", "acknowledged by \(harmless(act.analyst)) at \(act.at)")
    }
    if let act = acts.assigned {
      text += SummaryText.line("with", "\(harmless(act.object ?? "")), assigned by \(harmless(act.analyst)) at \(act.at)")
    }
    if let silence = acts.silence {
      let end = acts.silenceEndsAt ?? silence.endsAt
      text += SummaryText.line(
        "silenced", "by silence \(silence.number) of \(harmless(silence.begunBy)), until \(end): \(harmless(silence.reason))")
    }
    if let head = acts.head {
      text += SummaryText.line("merged", "into \(head), which is listed for it; `tocsin unmerge` takes that back")
    }
    if !acts.members.isEmpty {
      let members = acts.members.map(\.description).joined(separator: ", ")
      text += SummaryText.line("merged", "holds \(members)")
      text += SummaryText.line("", "the numbers above are its own: reports of several may be the same, so they are not added up")
    }
    return text
  }

  /// What was noted, in order.
  static func notes(_ acts: [Act]) -> String {
    if acts.isEmpty { return "" }
    let lines = acts.map { act in
      "  \(act.at)  \(harmless(act.analyst))  \(says(act))\n      \(harmless(act.note ?? ""))\n"
    }
    return "\nNotes:\n" + lines.joined()
  }

  /// What was done, to what: `merge 51w0sahm8k7ng into 5m0…`.
  static func says(_ act: Act) -> String {
    let object = act.object.map { harmless($0) } ?? ""
    return switch act.verb {
    case .assign: "assign to \(object)"
    case .merge: "merge \(act.id) into \(object)"
    case .unmerge: "unmerge \(act.id) from \(object)"
    case .acknowledge, .unacknowledge, .unassign, .annotate, .silence, .endSilence, .lapseSilence: act.verb.rawValue
    }
  }

  /// Says what a list has passed over.
  static func complain(of passed: PassedOver) {
    if passed.silencedCount > 0 {
      Output.complain(
        "\(Words.quantity(Double(passed.silencedCount), "silenced incident")) not shown; --silenced shows them, "
          + "`tocsin silence list` what hides them")
    }
    if !passed.heads.isEmpty {
      let heads = passed.heads.prefix(8).map(\.description).joined(separator: ", ")
      Output.complain("what was merged into \(heads)\(passed.heads.count > 8 ? ", …" : "") also matches; `tocsin show` tells")
    }
  }

  /// Says that acts count from when they were done, where all came later than a list tells of.
  static func complainOfLaterActs(than time: Timestamp, _ reader: borrowing ArchiveReader) throws {
    guard let first = try reader.firstAct(), first.at > time else { return }
    Output.complain("as of \(time) nobody had acted: acts count from when they were done, and the first is of \(first.at)")
  }

  /// `members`, `notes`, `silence` of an incident.
  static func members(_ acts: IncidentActs, _ notes: [Act], to writer: inout JSONWriter) {
    SummaryJSON.array("members", acts.members, to: &writer) { writer, id in writer.value(id.description) }
    SummaryJSON.array("notes", notes, to: &writer) { writer, act in
      writer.beginObject()
      writer.member("at", act.at.description)
      writer.member("analyst", act.analyst)
      writer.member("act", act.verb.rawValue)
      writer.member("note", act.note ?? "")
      writer.endObject()
    }
    writer.key("silence")
    guard let silence = acts.silence else {
      writer.null()
      return
    }
    writer.beginObject()
    writer.member("number", silence.number)
    writer.member("endsAt", (acts.silenceEndsAt ?? silence.endsAt).description)
    writer.member("reason", silence.reason)
    writer.endObject()
  }
}
