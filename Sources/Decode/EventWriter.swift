import JSON
package import Reports

/// Writes well-formed rows as events again: what a decoder makes of them is the same row, but for the reporter.
///
/// Keywords are written in the form in which they are shown, once a key. Where they came from the text they are left out, for they
/// come from it again.
package struct EventWriter {
  /// What is written for a reporter, of whom the row has a keyed hash only.
  package enum Reporters: Sendable {
    /// Nothing.
    case blanked
    /// The hash in hexadecimal digits: equal where the reporter and the period are, and nobody's name.
    case pseudonyms
  }

  private let reporters: Reporters
  private var writer = JSONWriter()

  package init(reporters: Reporters) { self.reporters = reporters }

  /// One event in one line, without a line feed.
  ///
  /// - Complexity: O(bytes of the event).
  package mutating func write(_ batch: ReportBatch, _ row: Int) -> [UInt8] {
    precondition(batch.rejections[row] == 0, "a refused row is no event")
    let isCancellation = batch.flags[row].contains(.cancellation)
    writer.removeAll()
    writer.beginObject()
    writer.member("specversion", "1.0")
    writer.member("type", isCancellation ? "org.tocsin.report.cancel.v1" : "org.tocsin.report.v1")
    writer.member("source", utf8: batch.arena.span.extracting(batch.sources[row].range))
    writer.member("id", utf8: batch.arena.span.extracting(batch.ids[row].range))
    writer.member("time", Self.time(batch.times[row]))
    if batch.subjects[row].length > 0 {
      writer.member("subject", utf8: batch.arena.span.extracting(batch.subjects[row].range))
    }
    writer.key("data")
    data(batch, row)
    writer.endObject()
    return writer.bytes
  }

  private mutating func data(_ batch: ReportBatch, _ row: Int) {
    writer.beginObject()
    if batch.longitudes[row] != ReportBatch.nowhere {
      writer.key("location")
      writer.beginObject()
      writer.member("type", "Point")
      writer.key("coordinates")
      writer.beginArray()
      writer.value(Double(batch.longitudes[row]) / 1e7)
      writer.value(Double(batch.latitudes[row]) / 1e7)
      writer.endArray()
      writer.endObject()
    }
    let keywords = batch.keywordRange(row)
    if !keywords.isEmpty, !batch.flags[row].contains(.termsFromText) {
      writer.key("keywords")
      writer.beginArray()
      for slice in batch.keywords[keywords] { writer.value(utf8: batch.arena.span.extracting(slice.range)) }
      writer.endArray()
    }
    if batch.texts[row].length > 0 { writer.member("text", utf8: batch.arena.span.extracting(batch.texts[row].range)) }
    if batch.reporters[row] != 0, reporters == .pseudonyms {
      let digits = String(batch.reporters[row], radix: 16)
      writer.member("reporter", String(repeating: "0", count: 16 - digits.utf8.count) + digits)
    }
    if batch.accuracies[row] != 0 { writer.member("accuracyMeters", Double(batch.accuracies[row])) }
    writer.endObject()
  }

  /// RFC 3339; the first and last days of its years may need another offset than zero.
  private static func time(_ time: Timestamp) -> String {
    let minutes: Int64 = 23 * 60 + 59
    let (first, last): (Int64, Int64) = (-62_167_219_200_000_000, 253_402_300_800_000_000)
    let shift: Int64 = time.microseconds < first ? minutes : time.microseconds >= last ? -minutes : 0
    guard shift != 0 else { return time.description }
    let local = Timestamp(microseconds: time.microseconds + shift * 60_000_000).description
    return local.dropLast() + (shift > 0 ? "+23:59" : "-23:59")
  }
}
