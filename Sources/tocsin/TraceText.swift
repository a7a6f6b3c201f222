import Archive
import Engine
import JSON
import Render
import Reports
import Service

/// A trace in lines for people, and as JSON.
enum TraceText {
  /// A cluster that holds the report.
  struct Home {
    var cluster: ClusterRow
    var incident: ClusterID?
  }

  private static func word(_ verdict: Verdict) -> String {
    switch verdict {
    case .accepted: "accepted"
    case .duplicateOfCursor, .duplicateOfIdentity: "duplicate"
    case .late: "late"
    case .rejected: "rejected"
    }
  }

  private static func says(_ arrival: ReportTrace.Arrival) -> String {
    let erased = arrival.isErased ? "; what it said was erased" : ""
    return says(arrival.verdict, isKept: !arrival.isErased) + erased
  }

  private static func says(_ verdict: Verdict, isKept: Bool) -> String {
    switch verdict {
    case .accepted: "accepted"
    case .duplicateOfCursor: "duplicate: its sequence had been taken already"
    case .duplicateOfIdentity: "duplicate: the same report was held already"
    case .late: "late: it lies before the watermark of its time"
    case .rejected(let rejection):
      "rejected: \(rejection.code): \(rejection.fullMessage)" + (isKept ? "; `tocsin quarantine list` has it" : "")
    }
  }

  static func text(_ source: String, _ id: String, _ trace: ReportTrace, _ homes: [Home]) -> String {
    var text = SummaryText.line("report", harmless("\(source) \(id)"))
    let chosen = trace.arrivals.first { $0.verdict == .accepted } ?? trace.arrivals.first { $0.report != nil }
    if let report = chosen?.report {
      text += SummaryText.line("time", report.time.description)
      text += SummaryText.line(
        "place", report.place.map { SummaryText.degrees([$0.latitudeE7, $0.longitudeE7]) } ?? "none")
      text += SummaryText.line("keywords", harmless(report.keywords.joined(separator: ", ")))
      if !report.text.isEmpty { text += SummaryText.line("text", harmless(report.text)) }
      if report.isCancellation { text += SummaryText.line("", "a cancellation of an earlier report") }
    }
    for arrival in trace.arrivals {
      text += SummaryText.line("came", "\(arrival.receivedAt): \(harmless(says(arrival)))")
      text += SummaryText.line(
        "",
        "from \(harmless(String(decoding: arrival.producer, as: UTF8.self))), sequence \(arrival.sequence), at \(arrival.journalPosition) "
          + "in the journal")
    }
    for home in homes {
      let reports = Words.quantity(Double(home.cluster.reportCount), "report")
      text += SummaryText.line(
        "cluster", "\(home.cluster.id)  \(harmless(home.cluster.keywords.joined(separator: ", "))), \(reports)")
      if let episode = home.cluster.episode { text += SummaryText.line("episode", "\(episode)") }
      if let incident = home.incident { text += SummaryText.line("incident", "\(incident)") }
    }
    if homes.isEmpty, let chosen, chosen.verdict == .accepted, chosen.isErased, chosen.report?.keywords.isEmpty == true {
      text += SummaryText.line("cluster", "not told any more: its keywords were words of the text that was erased")
    } else if homes.isEmpty, chosen?.verdict == .accepted {
      text += SummaryText.line("cluster", "none: too few reports of the same kind stand around it, or it has no place")
    }
    return text
  }

  static func json(_ source: String, _ id: String, _ trace: ReportTrace, _ homes: [Home]) -> [UInt8] {
    let report = (trace.arrivals.first { $0.verdict == .accepted } ?? trace.arrivals.first { $0.report != nil })?.report
    var head = Table(
      columns: ["source", "id", "time", "location", "keywords", "text", "isCancellation"].map { Column($0) },
      placeColumn: "location")
    head.append([
      .text(source), .text(id), SummaryColumns.cell(report?.time), report?.place.map { .place($0) } ?? .missing,
      .words(report?.keywords ?? []), report.map { .text($0.text) } ?? .missing, .flag(report?.isCancellation ?? false),
    ])
    let listed = Renderer(format: .ndjson).render(head)
    var writer = JSONWriter()
    writer.beginObject()
    let open = listed.dropLast(2).dropFirst()
    writer.raw(open.span)
    SummaryJSON.array("arrivals", trace.arrivals, to: &writer) { writer, arrival in
      writer.beginObject()
      writer.member("receivedAt", arrival.receivedAt.description)
      writer.member("verdict", word(arrival.verdict))
      writer.key("code")
      if case .rejected(let rejection) = arrival.verdict { writer.value(rejection.code) } else { writer.null() }
      writer.member("producer", String(decoding: arrival.producer, as: UTF8.self))
      writer.member("epoch", arrival.epoch.description)
      writer.member("sequence", arrival.sequence)
      writer.member("journalPosition", arrival.journalPosition)
      writer.endObject()
    }
    SummaryJSON.array("clusters", homes, to: &writer) { writer, home in
      writer.beginObject()
      writer.member("id", home.cluster.id.description)
      writer.member("keyword", home.cluster.keywords[0])
      for (name, id) in [("episode", home.cluster.episode), ("incident", home.incident)] {
        writer.key(name)
        if let id { writer.value(id.description) } else { writer.null() }
      }
      writer.endObject()
    }
    writer.endObject()
    writer.endLine()
    return Renderer.escapingBidirectionalControls(writer.bytes)
  }
}
