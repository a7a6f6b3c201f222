import Archive
import Engine
import SQLite
import TestSupport
import Testing

/// Random acts, with an engine that merges and forgets meanwhile, against the model.
@Suite struct ActFoldTests {
  @Test(arguments: 0..<24 as Range<UInt64>)
  func actsAreWhatTheirFoldSays(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let ids = (1...14).map { ClusterID(rawValue: $0 << 40) }
    let store = try Store.holding(ids.map { incident($0.rawValue) })
    var writer = try store.writer()
    var model = ActModel()
    model.live = Set(ids)
    var kinds: Set<String> = []
    for step in 0..<160 {
      let id = ids.randomElement(using: &random) ?? ids[0]
      let other = ids.randomElement(using: &random) ?? ids[0]
      let analyst = try store.analyst(at: Int64(step))
      switch Int.random(in: 0..<12, using: &random) {
      case 0..<3:
        let isUndone = Bool.random(using: &random)
        let outcome = try analyst.acknowledge(id, isUndone: isUndone)
        guard let target = model.now(id).map({ model.root($0) }) else {
          #expect(outcome == .gone, "seed \(seed), step \(step)")
          continue
        }
        if model.isAcknowledged(target) == isUndone {
          let number = model.append(isUndone ? .unacknowledge : .acknowledge, target)
          #expect(outcome == .done(act: number, on: target), "seed \(seed), step \(step)")
        } else {
          #expect(isUnchanged(outcome), "seed \(seed), step \(step)")
        }
      case 3..<5:
        let who = ["mo", "li", nil].randomElement(using: &random) ?? nil
        let outcome = try analyst.assign(id, to: who)
        guard let target = model.now(id).map({ model.root($0) }) else { continue }
        if model.assignee(target) != who {
          let number = model.append(who == nil ? .unassign : .assign, target, who)
          #expect(outcome == .done(act: number, on: target), "seed \(seed), step \(step)")
        } else {
          #expect(isUnchanged(outcome), "seed \(seed), step \(step)")
        }
      case 5:
        let outcome = try analyst.annotate(id, "note \(step)")
        guard let target = model.now(id).map({ model.root($0) }) else { continue }
        #expect(outcome == .done(act: model.append(.annotate, target), on: target), "seed \(seed), step \(step)")
      case 6..<8:
        let outcome = try analyst.merge(id, into: other, reason: "same")
        #expect(outcome == model.merge(id, other), "seed \(seed), step \(step)")
        kinds.insert("merge \(outcome)".prefix(8).description)
      case 8..<10:
        let outcome = try analyst.unmerge(id, reason: "not")
        #expect(outcome == model.unmerge(id), "seed \(seed), step \(step)")
        kinds.insert("unmerge \(outcome)".prefix(10).description)
      case 10:
        // The engine merges two; now and then it forgets one, as it would with other settings.
        guard Int.random(in: 0..<3, using: &random) == 0, model.live.count > 5 else { continue }
        guard model.live.contains(id), model.live.contains(other), id != other else { continue }
        try writer.store(merges: [.init(absorbed: id, into: other)])
        model.live.remove(id)
        model.absorbed[id] = other
      default:
        guard Int.random(in: 0..<12, using: &random) == 0, model.live.count > 5, model.live.contains(id) else { continue }
        try store.execute("DELETE FROM incident WHERE id = '\(id)'")
        model.live.remove(id)
      }
      if step % 8 == 7 { try compare(store, model, ids, "seed \(seed), step \(step)") }
    }
    #expect(kinds.count >= 4, "seed \(seed): \(kinds)")
  }

  private func isUnchanged(_ outcome: ActOutcome) -> Bool {
    if case .unchanged = outcome { true } else { false }
  }

  private func compare(_ store: Store, _ model: ActModel, _ ids: [ClusterID], _ comment: Comment) throws {
    let reader = try store.reader()
    let rows = try reader.incidents(ClusterFilter(), ActFilter()).rows
    let parents = model.parents
    #expect(rows.map(\.summary.id) == model.live.filter { parents[$0] == nil }.sorted(), comment)
    for row in rows {
      let id = row.summary.id
      #expect((row.acts.acknowledged != nil) == model.isAcknowledged(id), comment)
      #expect(row.acts.assigned?.object == model.assignee(id), comment)
      #expect(row.acts.noteCount == model.noteCount(id), comment)
      #expect(row.acts.members == model.members(of: id), comment)
    }
    var filter = ActFilter()
    filter.isUnacknowledgedOnly = true
    filter.assignee = "mo"
    #expect(
      try reader.incidents(ClusterFilter(), filter).rows.map(\.summary.id)
        == rows.map(\.summary.id).filter { !model.isAcknowledged($0) && model.assignee($0) == "mo" }, comment)
    // A member says under which head it stands, and an id that is gone stays in the audit.
    for id in ids {
      let lines = try reader.acts(on: id)
      if let now = model.now(id) {
        let whole = try #require(try reader.find(id.description, among: [.incident]).detail)
        guard case .incident(let incident) = try reader.withActs(whole, ActFilter()) else { continue }
        #expect(incident.row.acts.head == (parents[now] == nil ? nil : model.root(now)), comment)
        let expected = model.lines.filter {
          model.now($0.id) == id || $0.id == id
            || [.merge, .unmerge].contains($0.verb)
              && $0.object.flatMap { ClusterID($0) }.map { $0 == id || model.now($0) == id } == true
        }
        if now == id { #expect(lines.map(\.number) == expected.map(\.number), comment) }
      }
      #expect(try reader.liveIncidents(of: [id])[id] == model.now(id), comment)
    }
    #expect(
      try reader.acts().map {
        .init(number: $0.number, verb: $0.verb, id: try #require(ClusterID($0.id)), object: $0.object)
      } == model.lines,
      comment)
    // The view for people says the same.
    let select = try Connection(path: store.path, mode: .readOnly).prepare(
      "SELECT id, acknowledged_by, assignee, note_count FROM handled_incidents ORDER BY id")
    var viewed: [String] = []
    while try select.step() { viewed.append((0..<4).map { select.text($0) ?? "-" }.joined(separator: " ")) }
    let expected = model.live.sorted().filter { id in model.lines.contains { model.now($0.id) == id } }.map {
      "\($0) \(model.isAcknowledged($0) ? "ana" : "-") \(model.assignee($0) ?? "-") \(model.noteCount($0))"
    }
    #expect(viewed == expected, comment)
  }
}

extension SummaryLookup {
  fileprivate var detail: SummaryDetail? {
    switch self {
    case .found(let detail), .merged(_, let detail): detail
    case .none, .ambiguous: nil
    }
  }
}
