import Archive
import Engine
import Reports
import SQLite
import TestSupport
import Testing

/// What analysts had done by an earlier time, against the model as it was then.
@Suite struct EarlierActTests {
  private func point(_ id: ClusterID, at: Int64, into survivor: ClusterID? = nil) -> HistoryPoint {
    var point = HistoryPoint(.incident, id, at: Timestamp(microseconds: at), state: survivor == nil ? .open : .merged)
    point.mergedInto = survivor
    if survivor != nil { return point }
    point.keyword = 0
    (point.openedAt, point.lastReportAt) = (hour(0), hour(1))
    point.reportCount = 9
    return point
  }

  @Test(arguments: 0..<12 as Range<UInt64>)
  func aListOfThenHeedsWhatWasDoneByThen(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let ids = (1...12).map { ClusterID(rawValue: $0 << 40) }
    let store = try Store.holding(ids.map { incident($0.rawValue) })
    var writer = try store.writer()
    try writer.store(history: ids.map { point($0, at: 0) })
    var model = ActModel()
    model.live = Set(ids)
    var models = [model]
    for step in 1...80 as ClosedRange<Int64> {
      let id = ids.randomElement(using: &random) ?? ids[0]
      let other = ids.randomElement(using: &random) ?? ids[0]
      let target = model.now(id).map { model.root($0) } ?? id
      let analyst = try store.analyst(at: step)
      switch Int.random(in: 0..<9, using: &random) {
      case 0..<2:
        if case .done = try analyst.acknowledge(id, isUndone: model.isAcknowledged(target)) {
          _ = model.append(model.isAcknowledged(target) ? .unacknowledge : .acknowledge, target)
        }
      case 2:
        let who = model.assignee(target) == nil ? "mo" : nil
        if case .done = try analyst.assign(id, to: who) { _ = model.append(who == nil ? .unassign : .assign, target, who) }
      case 3..<6: #expect(try analyst.merge(id, into: other, reason: "same") == model.merge(id, other), "seed \(seed)")
      case 6..<8: #expect(try analyst.unmerge(id, reason: "not") == model.unmerge(id), "seed \(seed)")
      default:
        guard model.live.count > 5, model.live.contains(id), model.live.contains(other), id != other else { break }
        try writer.store(merges: [.init(absorbed: id, into: other)], history: [point(id, at: step, into: other)])
        model.live.remove(id)
        model.absorbed[id] = other
      }
      models.append(model)
    }
    let reader = try store.reader()
    var (memberCount, listedCounts) = (0, Set<Int>())
    for (step, model) in models.enumerated() where step % 3 == 0 {
      let comment: Comment = "seed \(seed), step \(step)"
      let time = Timestamp(microseconds: Int64(step))
      let list = try reader.incidents(asOf: time, ClusterFilter(), ActFilter())
      let parents = model.parents
      #expect(list.rows.map(\.id) == model.live.filter { parents[$0] == nil }.sorted(), comment)
      for row in list.rows {
        #expect((row.acts.acknowledged != nil) == model.isAcknowledged(row.id), comment)
        #expect(row.acts.assigned?.object == model.assignee(row.id), comment)
        #expect(row.acts.members == model.members(of: row.id), comment)
        memberCount += row.acts.members.count
      }
      listedCounts.insert(list.rows.count)
      var filter = ActFilter()
      filter.isUnacknowledgedOnly = true
      #expect(
        try reader.incidents(asOf: time, ClusterFilter(), filter).rows.map(\.id)
          == list.rows.map(\.id).filter { !model.isAcknowledged($0) }, comment)
    }
    #expect(memberCount > 20 && listedCounts.count > 3, "seed \(seed): trivial")
    // What was said last is what is listed now.
    let now = try reader.incidents(ClusterFilter(), ActFilter())
    let last = try reader.incidents(asOf: Timestamp(microseconds: .max), ClusterFilter(), ActFilter())
    #expect(last.rows.map(\.id) == now.rows.map(\.summary.id) && last.rows.map(\.acts) == now.rows.map(\.acts), "seed \(seed)")
    #expect(last.passed == now.passed, "seed \(seed)")
  }

  /// At hours: opened at 0, reports at 1, 8 and 20; a silence begun at 2, which is ended and undone later.
  @Test func aSilenceHidesWhatItHidThen() throws {
    let id = ClusterID(rawValue: 1)
    let store = try Store.holding([incident(1, from: 0, to: 20)])
    var writer = try store.writer()
    for (at, reports) in [(1.0, 1.0), (8, 8), (20, 20)] {
      var said = point(id, at: hour(at).microseconds)
      said.lastReportAt = hour(reports)
      try writer.store(history: [said])
    }
    var silence = Silence(startsAt: hour(0.5), endsAt: hour(40), idleMicroseconds: hour(10).microseconds, reason: "works")
    silence.keywordWords = ["leak"]
    _ = try store.analyst(at: hour(2).microseconds).begin(silence)
    func isListed(_ hours: Double) throws -> Bool {
      let list = try store.reader().incidents(asOf: hour(hours), ClusterFilter(), ActFilter())
      #expect(list.rows.count + list.passed.silencedCount == 1)
      return !list.rows.isEmpty
    }
    // Before it was begun nobody hid anything, though it is of that time, too.
    #expect(try isListed(1.5))
    #expect(try !isListed(2) && !isListed(9))
    // At 18.5 it had lapsed: nothing of it was known after 8. At 20 it is known that it went on.
    #expect(try !isListed(18.5), "the incident's last report lies before the lapse")
    #expect(try !isListed(20.5), "an incident counts from its first report to its last")
    #expect(try store.analyst(at: hour(25).microseconds).endSilence(1, note: "done") == .done(act: 2, silence: 1))
    #expect(try store.analyst(at: hour(30).microseconds).endSilence(1, isUndone: true) == .done(act: 3, silence: 1))
    #expect(try !isListed(24) && !isListed(26) && isListed(30))
    var filter = ActFilter()
    filter.includesSilenced = true
    let row = try #require(try store.reader().incidents(asOf: hour(24), ClusterFilter(), filter).rows.first)
    #expect(row.acts.silence?.number == 1 && row.acts.silenceEndsAt == hour(40))
  }

  /// A lapse is that of what was known at the time.
  @Test func aSilenceHadLapsedByThen() throws {
    let store = try Store.holding([incident(1, from: 0, to: 1), incident(2, from: 14, to: 15), incident(3, from: 6, to: 7)])
    var writer = try store.writer()
    func say(_ number: UInt64, _ at: Double, _ from: Double, _ to: Double) throws {
      var said = point(ClusterID(rawValue: number), at: hour(at).microseconds)
      (said.openedAt, said.lastReportAt) = (hour(from), hour(to))
      try writer.store(history: [said])
    }
    var silence = Silence(startsAt: hour(0), endsAt: hour(40), idleMicroseconds: hour(10).microseconds, reason: "works")
    silence.keywordWords = ["leak"]
    _ = try store.analyst(at: 1).begin(silence)
    try say(1, 1, 0, 1)
    try say(2, 15, 14, 15)
    // A report of the seventh hour that came late, and fills the gap.
    try say(3, 16, 6, 7)
    func listed(_ hours: Double) throws -> [UInt64] {
      try store.reader().incidents(asOf: hour(hours), ClusterFilter(), ActFilter()).rows.map(\.id.rawValue)
    }
    #expect(try listed(15.5) == [2])
    #expect(try listed(16.5) == [])
  }

  @Test func aDifferenceLeavesOutWhatIsSilencedAndTellsWhatWasMerged() throws {
    let store = try Store.holding((1...5).map { incident($0, keywords: $0 == 5 ? [1] : [0]) })
    var writer = try store.writer()
    func say(_ number: UInt64, _ at: Double, _ reportCount: UInt64) throws {
      var said = point(ClusterID(rawValue: number), at: hour(at).microseconds)
      (said.reportCount, said.keyword) = (reportCount, number == 5 ? 1 : 0)
      try writer.store(history: [said])
    }
    for number in 1...5 as ClosedRange<UInt64> { try say(number, 1, 9) }
    let ids = (0...5).map { ClusterID(rawValue: $0) }
    // 2 into 1 before, 4 into 3 in between.
    _ = try store.analyst(at: hour(2).microseconds).merge(ids[2], into: ids[1], reason: "r")
    _ = try store.analyst(at: hour(5).microseconds).merge(ids[4], into: ids[3], reason: "r")
    var silence = Silence(startsAt: hour(0), endsAt: hour(9), idleMicroseconds: hour(24).microseconds, reason: "works")
    silence.keywordWords = ["light"]
    _ = try store.analyst(at: hour(5).microseconds).begin(silence)
    for number in [2, 5] as [UInt64] { try say(number, 6, 12) }
    func difference(_ until: Double?, _ change: (inout ActFilter) -> Void = { _ in }) throws -> HistoryDiff {
      var filter = ActFilter()
      change(&filter)
      return try store.reader().difference(of: .incident, since: hour(3), until: until.map { hour($0) }, ClusterFilter(), filter)
    }
    for until in [nil, 7.0] {
      let diff = try difference(until)
      #expect(
        diff.entries.map { "\($0.section) \($0.after.id.rawValue) \($0.mergedInto?.rawValue ?? 0)" }
          == ["merged 4 3", "quieter 1 0", "quieter 3 0"])
      #expect(diff.passed.silencedCount == 1)
      // A member has grown, and its head has not.
      #expect(diff.passed.heads == [ids[1]])
      #expect(try difference(until) { $0.includesSilenced = true }.entries.map(\.after.id.rawValue) == [5, 4, 1, 3])
    }
    // At four nothing had grown or been done yet, but for the first merge.
    let before = try difference(4)
    #expect(before.entries.map { "\($0.section) \($0.after.id.rawValue)" } == (["1", "3", "4", "5"].map { "quieter \($0)" }))
    #expect(before.passed == PassedOver() && before.entries[0].acts.members == [ids[2]])
  }
}
