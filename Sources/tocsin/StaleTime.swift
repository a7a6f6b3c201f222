import Archive
import Arguments
import Reports

/// Times that are newer than everything a store holds, as relative ones are where old reports are replayed.
enum StaleTime {
  /// What to say where `--since` lies behind the newest report; nil where it does not, or there is no report.
  static func says(_ arguments: ParsedArguments, _ since: Timestamp?, _ reader: borrowing ArchiveReader) throws -> String? {
    let newest = try reader.reportTime()
    guard let since, since > newest, newest.microseconds > 0 else { return nil }
    let says = "nothing is newer than \(newest), the newest report"
    guard let text = arguments.string("since"), let then = Moment.timestamp(text, now: newest), then != since else {
      return "\(says), and --since is \(since)"
    }
    let whole = Timestamp(seconds: then.bin(ofMicroseconds: 1_000_000))
    return "\(says); \"\(text)\" goes by this machine's clock: counted from that report it is --since \(whole)"
  }
}
