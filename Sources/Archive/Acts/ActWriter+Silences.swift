import Reports
import SQLite

extension ActWriter {
  /// Begins a silence.
  package func begin(_ silence: Silence) throws(ArchiveError) -> SilenceOutcome {
    try act { () throws(SQLiteError) in
      let now = try ActBoard.now(on: connection)
      let open = try connection.prepare("SELECT count(*) FROM silence WHERE ended_at IS NULL AND ends_at > ?1")
      try open.bind([.time(now)])
      guard try open.step(), open.count(0) < ActLimits.silenceCount else { return .full }
      open.reset()
      let number = try nextNumber(in: "silence")
      let act = try append(.silence, .silence, "\(number)", object: "\(silence)", note: silence.reason)
      try insert(silence, number, act)
      return .done(act: act, silence: number)
    }
  }

  private func insert(_ silence: Silence, _ number: UInt64, _ act: UInt64) throws(SQLiteError) {
    var shape: StoredValue = .null
    var place: [StoredValue] = Array(repeating: .null, count: 7)
    switch silence.area {
    case .polygon: shape = .text(Array("polygon".utf8))
    case .box(let box):
      shape = .text(Array("box".utf8))
      place.replaceSubrange(0..<4, with: StoredValue.box(box))
    case .circle(let near):
      shape = .text(Array("circle".utf8))
      place.replaceSubrange(4..<7, with: StoredValue.place(near.center) + [.real(near.radiusMeters)])
    case nil: break
    }
    let words = silence.keywordWords.joined(separator: " ")
    let insert = try connection.prepare(
      """
      INSERT INTO silence (number, act, keyword, shape, west, south, east, north, latitude, longitude, radius_meters, starts_at, ends_at,
        idle, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
      """)
    try insert.bind(
      [.count(number), .count(act), words.isEmpty ? .null : .text(Array(words.utf8)), shape] + place + [
        .time(silence.startsAt), .time(silence.endsAt), .integer(silence.idleMicroseconds), .text(Array(silence.reason.utf8)),
      ])
    try insert.run()
    guard case .polygon(let rings) = silence.area else { return }
    let corner = try connection.prepare("INSERT INTO silence_corner VALUES (?1, ?2, ?3, ?4, ?5)")
    for (ring, shape) in rings.enumerated() {
      for (index, place) in shape.corners.enumerated() {
        try corner.bind([.count(number), .count(ring), .count(index)] + StoredValue.place(place))
        try corner.run()
      }
    }
  }

  /// Ends a silence at the newest time of the reports, or as if it had never begun.
  package func endSilence(_ number: UInt64, isUndone: Bool = false, note: String? = nil) throws(ArchiveError) -> SilenceOutcome {
    try act { () throws(SQLiteError) in
      guard let silence = try SilenceTable.read(on: connection).first(where: { $0.number == number }) else { return .missing }
      let now = try ActBoard.now(on: connection)
      if isUndone {
        if silence.endedAt == silence.startsAt { return .ended(silence.startsAt, by: silence.endedBy) }
      } else if let endedAt = silence.endedAt {
        return .ended(endedAt, by: silence.endedBy)
      } else if silence.endsAt <= now {
        return .ended(silence.endsAt, by: nil)
      }
      let end = isUndone ? silence.startsAt : max(silence.startsAt, now)
      let act = try append(.endSilence, .silence, "\(number)", object: isUndone ? "undone" : nil, note: note)
      try self.end(number, at: end, act: act)
      return .done(act: act, silence: number)
    }
  }
}
