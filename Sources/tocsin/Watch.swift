import Archive
import Engine
import Render
import Reports

/// What has changed of a list since it was last looked at.
struct Watch {
  enum Change: String {
    case new, alerted, grown, closed, reopened, merged, gone
  }

  private struct Known {
    var observed: UInt64
    var isAlerted: Bool
    var isClosed: Bool
  }

  /// Looked at each time: those with the latest reports.
  static let rowCount = 1_000
  /// By how much more witnesses than were told are told anew.
  private static let growth = 1.1

  private var known: [String: Known] = [:]
  private var isPrimed = false

  /// Takes a list and gives the rows that have changed, each with what has, the earliest report first.
  ///
  /// - Parameters:
  ///   - tellsFirst: whether what is there at first is new.
  ///   - isWhole: whether the list holds everything, so that what is missing is gone; else it may only have become old.
  mutating func changes(in table: Table, tellsFirst: Bool, isWhole: Bool) -> (rows: [(Change, [Cell])], gone: [String]) {
    func index(_ name: String) -> Int { table.columns.firstIndex { $0.name == name } ?? 0 }
    let (id, observed, reports, alert, state) = (
      index("id"), index("observed"), index("reportCount"), index("alert"), index("state")
    )
    var rows: [(Change, [Cell])] = []
    var seen: Set<String> = []
    for row in table.rows.reversed() {
      guard case .text(let name) = row[id] else { continue }
      seen.insert(name)
      var now = Known(observed: 0, isAlerted: row[alert] == .flag(true), isClosed: row[state] == .text("closed"))
      // What no baseline has scored is counted by its reports.
      if case .integer(let count) = row[observed] {
        now.observed = count
      } else if case .integer(let count) = row[reports] {
        now.observed = count
      }
      guard let before = known[name] else {
        known[name] = now
        if isPrimed || tellsFirst { rows.append((now.isAlerted ? .alerted : .new, row)) }
        continue
      }
      var change: Change?
      if now.isAlerted, !before.isAlerted {
        change = .alerted
      } else if now.isClosed != before.isClosed {
        change = now.isClosed ? .closed : .reopened
      } else if Double(now.observed) >= Double(before.observed) * Self.growth, now.observed > before.observed {
        change = .grown
      }
      if let change {
        rows.append((change, row))
        known[name] = now
      }
    }
    isPrimed = true
    var gone: [String] = []
    if isWhole {
      gone = known.keys.filter { !seen.contains($0) }.sorted()
      for name in gone { known[name] = nil }
    } else if known.count > 4 * Self.rowCount {
      known = known.filter { seen.contains($0.key) }
    }
    return (rows, gone)
  }
}
